#!/usr/bin/python3
"""testssl.sh (Debian: testssl.sh) looks at the daemon's TLS: nothing above LOW.

    Tests/Peers/test_testssl.py --latentd .build/release/latentd
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))
sys.dont_write_bytecode = True
import support  # noqa: E402
import test_tls  # noqa: E402

# Of a certificate made here: no authority stands behind it, so nobody can revoke it.
OF_THE_CERTIFICATE = ("cert_revocation", "cert_chain_of_trust", "cert_trust", "cert_crlDistributionPoints", "cert_ocspURL")


def findings(folder, kind):
    """What testssl.sh says of a daemon with a key of this kind, as (severity, id, finding)."""
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", *kind, "-keyout", "server.key", "-out", "server.pem",
                    "-days", "90", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, cwd=folder, capture_output=True)
    (folder / "trusted.pem").write_bytes((folder / "server.pem").read_bytes())
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    with test_tls.SecureDaemon(folder) as daemon:
        subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "off", "--severity", "LOW", "--jsonfile", report,
                        "--add-ca", folder / "trusted.pem", f"https://127.0.0.1:{daemon.port}"],
                       stdout=subprocess.DEVNULL, timeout=600)
    return [(entry["severity"], entry["id"], entry["finding"]) for entry in json.loads(report.read_text())]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, default=support.PROGRAM)
    support.PROGRAM = parser.parse_args().latentd.resolve()
    failed = False
    for kind in (["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["rsa:2048"]):
        with tempfile.TemporaryDirectory(prefix="latentd-test-") as directory:
            folder = pathlib.Path(directory)
            for name in ("models", "state", "data"):
                (folder / name).mkdir()
            for severity, name, finding in findings(folder, kind):
                is_bad = severity in ("MEDIUM", "HIGH", "CRITICAL") and not name.startswith(OF_THE_CERTIFICATE)
                failed |= is_bad
                print(f"{'FAILED' if is_bad else 'noted':7} {kind[0]:9} {severity:8} {name}: {finding}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
