//! Outages scripted in YAML, run on rigs, judged by expectations and invariants.
