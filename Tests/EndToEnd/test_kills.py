"""A few kills of the daemon at random moments; `make test-kill` makes 200."""
import sys

import support

sys.path.insert(0, str(support.ROOT / "Tests" / "Recovery"))
import kill  # noqa: E402


class Kills(support.InFolder):
    def test_jobs_outlive_kills_of_the_daemon(self):
        said = []
        problems = kill.test(self.folder / "kills", kills=12, seed=7, minutes=0.7, say=said.append)
        self.assertEqual([problem for problem in problems if not problem.startswith("only ")], [], "\n".join(said))
