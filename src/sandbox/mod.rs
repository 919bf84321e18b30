//! An AWS that runs on this machine, behind a real HTTP endpoint.
