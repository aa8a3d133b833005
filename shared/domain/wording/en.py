"""What messages say, in English. Names in braces are filled in; a command stands on its own."""

from typing import Final

TEXTS: Final = {
    "job_done": "Job {name}: the new certificate is in service on {count} slots",
    "job_failed": "Job {name}: {failed} of {count} slots failed",
    "job_stopped": "Job {name} was stopped: {done} slots had been changed, {failed} had failed",
    "rolled_back": "Job {name}: {count} slots have their certificate of before again",
    "rollback_failed": "Job {name}: the rollback of {failed} of {count} slots failed",
    "missing": "Certificate {name} ends in {days} days, and nothing replaces it",
    "missing_ended": "Certificate {name} has ended, and nothing replaces it",
    "stranger": "A certificate that CAS does not know ends in {days} days",
    "stranger_ended": "A certificate that CAS does not know has ended",
    "digest": "{count} certificates need attention",
    "test": "Test message for {name}",
    "test_done": "Whoever reads this is told what certdeploy has to tell this contact.",
    "certificate": "Certificate {identifier} ({names}), valid until {until} UTC",
    "unknown_certificate": "Certificate {identifier}, valid until {until} UTC",
    "no_names": "no names are known",
    "slots": "Slots:",
    "failed": "failed: {slot}: {reason}",
    "done": "done: {slot}",
    "left": "left as it was: {slot}",
    "more": "… and {count} more",
    "reason": "Why: {reason}",
    "again": "What may pass by itself is tried again at {at} UTC.",
    "see_job": "See: certdeploy job show {job}",
    "see_failed": "What to do: mend what failed and create the job again; or put back what it changed:",
    "do_missing": "What to do: renew the certificate in CAS, or upload one for the same names; then:",
    "do_stranger": "What to do: replace it at its source, or upload one for the same names to CAS; then:",
}
