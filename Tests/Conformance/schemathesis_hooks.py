"""What schemathesis is to do otherwise, loaded by its name (SCHEMATHESIS_HOOKS)."""
import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """On its walks each submission has a key of its own.

    Sent again under the same one it is given the job that there is, which another walk may have removed by then.
    """
    if case.meta is not None and case.meta.phase.name.value == "stateful" and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
