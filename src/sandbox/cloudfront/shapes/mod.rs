//! The shape of every document that CloudFront takes: what must be there, what a list holds, which words an
//! enumeration knows, and what CloudFront fills in where a client says nothing.
//!
//! The tables follow the service model of the 2020-05-31 version; the defaults are those that a new
//! distribution is read back with (aws-facts.md B).

pub mod distribution;
pub mod others;
pub mod policies;

use super::element::Element;
use super::refusals::refusal;
use crate::sandbox::call::Refusal;

/// What a place in a document may hold.
#[derive(Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A number that may have a fraction.
    Fraction,
    /// One word of a closed set.
    OneOf(&'static [&'static str]),
    /// Named members; others are kept as they are.
    Group(&'static [Member]),
    /// `Quantity` and `Items`, with other members beside them.
    List(&'static List),
}

/// A list in CloudFront's manner.
#[derive(Debug)]
pub struct List {
    /// The tag of each item.
    pub tag: &'static str,
    /// What each item holds.
    pub item: &'static Shape,
    /// Whether `Items` must be there even when there are none.
    pub items_needed: bool,
    /// What stands beside `Quantity` and `Items`.
    pub beside: &'static [Member],
}

/// One named place in a group.
#[derive(Debug)]
pub struct Member {
    /// The tag.
    pub name: &'static str,
    /// What happens when a client leaves it out.
    pub absent: Absent,
    /// What it may hold.
    pub shape: &'static Shape,
}

/// What happens when a client leaves a member out.
#[derive(Debug)]
pub enum Absent {
    /// The document is refused.
    Refused,
    /// Nothing: it stays out.
    Stays,
    /// CloudFront fills in this text.
    Becomes(&'static str),
    /// CloudFront fills in the group or list with the defaults inside it.
    Filled,
}

/// A member without which the document is refused.
pub const fn needed(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, absent: Absent::Refused, shape }
}

/// A member that stays out when a client leaves it out.
pub const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, absent: Absent::Stays, shape }
}

/// A member that CloudFront fills in with a text.
pub const fn becomes(name: &'static str, shape: &'static Shape, text: &'static str) -> Member {
    Member { name, absent: Absent::Becomes(text), shape }
}

/// A member that CloudFront fills in with the defaults inside it.
pub const fn filled(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, absent: Absent::Filled, shape }
}

/// A plain list of texts.
pub const fn texts(tag: &'static str) -> List {
    List { tag, item: &Shape::Text, items_needed: false, beside: &[] }
}

/// Reads a request's body and holds it against its shape.
pub fn read(body: &[u8], root: &str, shape: &Shape) -> Result<Element, Refusal> {
    if body.is_empty() {
        return Err(refusal(
            "MissingBody",
            "This operation requires a body. Ensure that the body is present and the Content-Type header is set.",
        ));
    }
    let element = Element::parse(body)
        .filter(|element| element.name == root)
        .ok_or_else(|| refusal("MalformedXML", "Could not parse the input document or stream."))?;
    check(&element, shape, &camel(root))?;
    Ok(element)
}

/// Holds an element against its shape. The first thing wrong is named by its path, as the service does.
pub fn check(element: &Element, shape: &Shape, path: &str) -> Result<(), Refusal> {
    match shape {
        Shape::Text => Ok(()),
        Shape::Flag => parsed(element, path, matches!(element.text.as_str(), "true" | "false")),
        Shape::Number => parsed(element, path, element.text.parse::<i64>().is_ok()),
        Shape::Fraction => parsed(element, path, element.text.parse::<f64>().is_ok_and(f64::is_finite)),
        Shape::OneOf(words) if words.contains(&element.text.as_str()) => Ok(()),
        Shape::OneOf(words) => {
            Err(malformed(&element.text, path, &format!("satisfy enum value set: [{}]", words.join(", "))))
        }
        Shape::Group(members) => check_members(element, members, path),
        Shape::List(list) => check_list(element, list, path),
    }
}

/// Fills in what CloudFront fills in, all the way down.
pub fn fill(element: &mut Element, shape: &Shape) {
    match shape {
        Shape::Text | Shape::Flag | Shape::Number | Shape::Fraction | Shape::OneOf(_) => {}
        Shape::Group(members) => fill_members(element, members),
        Shape::List(list) => {
            fill_members(element, list.beside);
            if element.child("Quantity").is_none() {
                element.children.push(Element::leaf("Quantity", 0));
            }
            for item in element.child_mut("Items").into_iter().flat_map(|items| &mut items.children) {
                fill(item, list.item);
            }
        }
    }
}

fn check_members(element: &Element, members: &[Member], path: &str) -> Result<(), Refusal> {
    members.iter().try_for_each(|member| {
        let path = format!("{path}.{}", camel(member.name));
        match (element.child(member.name), &member.absent) {
            (Some(child), _) => check(child, member.shape, &path),
            (None, Absent::Refused) => Err(missing(&path)),
            (None, Absent::Stays | Absent::Becomes(_) | Absent::Filled) => Ok(()),
        }
    })
}

fn check_list(element: &Element, list: &List, path: &str) -> Result<(), Refusal> {
    check_members(element, list.beside, path)?;
    let quantity = element.child("Quantity").ok_or_else(|| missing(&format!("{path}.quantity")))?;
    check(quantity, &Shape::Number, &format!("{path}.quantity"))?;
    if list.items_needed && element.child("Items").is_none() {
        return Err(missing(&format!("{path}.items")));
    }
    let items = element.child("Items").map_or(&[][..], |items| &items.children);
    if element.number_at("Quantity") != i64::try_from(items.len()).ok() {
        return Err(refusal(
            "InconsistentQuantities",
            "The value of Quantity and the size of Items don't match.",
        ));
    }
    items.iter().enumerate().try_for_each(|(index, item)| {
        if item.name != list.tag {
            return Err(refusal("MalformedXML", "Could not parse the input document or stream."));
        }
        check(item, list.item, &format!("{path}.items.{}.member", index + 1))
    })
}

fn fill_members(element: &mut Element, members: &[Member]) {
    for member in members {
        let absent = element.child(member.name).is_none();
        match &member.absent {
            Absent::Becomes(text) if absent => element.children.push(Element::leaf(member.name, text)),
            Absent::Filled if absent => element.children.push(Element::new(member.name)),
            Absent::Refused | Absent::Stays | Absent::Becomes(_) | Absent::Filled => {}
        }
        if let Some(child) = element.child_mut(member.name) {
            fill(child, member.shape);
        }
    }
}

fn parsed(element: &Element, path: &str, fits: bool) -> Result<(), Refusal> {
    if fits { Ok(()) } else { Err(malformed(&element.text, path, "be of the modelled type")) }
}

fn missing(path: &str) -> Refusal {
    refusal(
        "MalformedXML",
        format!(
            "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
        ),
    )
}

fn malformed(value: &str, path: &str, constraint: &str) -> Refusal {
    refusal(
        "MalformedXML",
        format!(
            "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}"
        ),
    )
}

fn camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOUR: Shape = Shape::OneOf(&["red", "blue"]);
    const NAMES: List = texts("Name");
    const SHAPE: Shape = Shape::Group(&[
        needed("Id", &Shape::Text),
        becomes("Colour", &COLOUR, "blue"),
        filled("Names", &Shape::List(&NAMES)),
        optional("Size", &Shape::Number),
    ]);

    fn code_and_message(document: &str) -> (String, String) {
        let refused = read(document.as_bytes(), "Thing", &SHAPE).expect_err("it is wrong");
        (refused.code, refused.message)
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let rows = [
            ("<Thing/>", "MalformedXML", "Value null at 'thing.id'"),
            (
                "<Thing><Id>1</Id><Colour>green</Colour></Thing>",
                "MalformedXML",
                "enum value set: [red, blue]",
            ),
            ("<Thing><Id>1</Id><Size>big</Size></Thing>", "MalformedXML", "'thing.size'"),
            (
                "<Thing><Id>1</Id><Names><Items><Name>a</Name></Items></Names></Thing>",
                "MalformedXML",
                "'thing.names.quantity'",
            ),
            (
                "<Thing><Id>1</Id><Names><Quantity>2</Quantity><Items><Name>a</Name></Items></Names></Thing>",
                "InconsistentQuantities",
                "don't match",
            ),
            (
                "<Thing><Id>1</Id><Names><Quantity>1</Quantity></Names></Thing>",
                "InconsistentQuantities",
                "don't match",
            ),
            ("<Other/>", "MalformedXML", "Could not parse"),
            ("", "MissingBody", "requires a body"),
        ];
        for (document, code, message) in rows {
            let refused = code_and_message(document);
            assert_eq!(refused.0, code, "{document}");
            assert!(refused.1.contains(message), "{document}: {}", refused.1);
        }
    }

    #[test]
    fn defaults_are_filled_in_beside_unknown_fields() {
        let mut thing =
            read(b"<Thing><New>kept</New><Id>1</Id></Thing>", "Thing", &SHAPE).expect("it is right");
        fill(&mut thing, &SHAPE);
        assert_eq!(thing.text_at("New"), "kept");
        assert_eq!(thing.text_at("Colour"), "blue");
        assert_eq!(thing.text_at("Names/Quantity"), "0");
        assert_eq!(thing.child("Size"), None);
    }
}
