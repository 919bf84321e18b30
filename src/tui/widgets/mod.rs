//! Parts that several screens are made of. Each is a function from values to lines.

pub mod about;
pub mod body;
pub mod checklist;
pub mod field;
pub mod footer;
pub mod help;
pub mod items;
pub mod overlay;
pub mod palette;
pub mod picklist;
pub mod rail;
pub mod sparkline;
