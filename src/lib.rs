//! sitecast takes a folder of static files to a production global site on AWS, and keeps it there.
//!
//! # Code map
//!
//! ```text
//! questions ──> profile ─────────────┐
//! (tui, --set, file)                 ├─> blueprint ─┐
//! facts (account, folder) ───────────┘              ├─> plan ──> apply ──> events ──> progress ──> tui, report
//! aws::observe ──> inventory ───────────────────────┘              │
//!                                                                  └─> aws::<resource> ──> SDK ──> AWS or sandbox
//! ```
//!
//! - `profile`: the person's answers, one TOML file; the only input.
//! - `blueprint`: every AWS resource that a profile asks for, what AWS holds now, and the plan between
//!   the two. Pure: no I/O, no clock, no SDK.
//! - `content`: the folder: scan, hash, headers, manifest, what changed.
//! - `edge`: functions at CloudFront's edge: ready ones and own ones, lint, package, a run on this machine.
//! - `dns`: what public DNS says about a domain: delegation, records, CAA.
//! - `apply`: the queue, the one run loop, events and their fold.
//! - `aws`: the only place that calls AWS: session, observe, wait, upload, one file a resource.
//! - `check`: everything that can be known before the first change, and the least permissions it takes.
//! - `status`: what is known of a live site, panel by panel, and the collector that keeps it fresh.
//! - `journal`: the history of runs, for people and for estimates only.
//! - `line`: the questions without a screen, one line after the other.
//! - `report`: the faces of a run: terminal, JSON, CI.
//! - `sandbox`: an AWS that runs on this machine, behind a real endpoint.
//! - `tui`: the full-screen wizard: state, keys, screens; no screen does I/O.
//! - `cli`: the commands; the only module that knows all others.
//!
//! # Invariants
//!
//! - There is no state file. Every run observes AWS and plans again, so a crash, a lost response or a second
//!   operator is answered by running again.
//! - A plan is a value. What is printed is what runs.
//! - Nothing untagged, foreign or shared is ever changed or deleted.
//! - The sandbox imports nothing of ours, lest a shared mistake hide.
//!
//! `tests/layers.rs` holds the imports of every module against this map.

pub mod apply;
pub mod aws;
pub mod blueprint;
pub mod check;
pub mod cli;
pub mod content;
pub mod dns;
pub mod edge;
pub mod error;
pub mod journal;
pub mod line;
pub mod profile;
pub mod report;
pub mod sandbox;
pub mod status;
pub mod tui;
