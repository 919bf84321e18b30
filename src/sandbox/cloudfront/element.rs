//! An XML element tree.
//!
//! CloudFront gives back every field that a client sent, also those that a client knows before we do; so
//! configurations are kept as trees, and typed views are only opened over them where a rule needs one.
//! Attributes are dropped: CloudFront's documents have none but the namespace.

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use serde::{Deserialize, Serialize};

/// The namespace of every document of the 2020-05-31 version.
pub const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// One XML element: a name, and either text or children.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The tag, without a namespace prefix.
    pub name: String,
    /// The text inside, trimmed only when there are children.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The elements inside, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Element>,
}

impl Element {
    /// An element with neither text nor children.
    pub fn new(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// An element that holds text.
    pub fn leaf(name: &str, text: impl ToString) -> Element {
        Element { name: name.to_owned(), text: text.to_string(), children: Vec::new() }
    }

    /// CloudFront's way to write a list: a quantity, then the items, which are left out when there are none.
    pub fn list(name: &str, items: Vec<Element>) -> Element {
        let element = Element::new(name).with(Element::leaf("Quantity", items.len()));
        if items.is_empty() { element } else { element.with(Element::new("Items").with_all(items)) }
    }

    /// This element with one more child.
    pub fn with(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    /// This element with more children.
    pub fn with_all(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    /// This element under another name.
    pub fn named(mut self, name: &str) -> Element {
        self.name = name.to_owned();
        self
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name, to be changed.
    pub fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The element at the end of a path of names such as `Restrictions/GeoRestriction`.
    pub fn at(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |element, name| element.child(name))
    }

    /// The text at the end of a path; an element that isn't there has none.
    pub fn text_at(&self, path: &str) -> &str {
        self.at(path).map_or("", |element| element.text.as_str())
    }

    /// Whether the text at the end of a path is `true`.
    pub fn flag_at(&self, path: &str) -> bool {
        self.text_at(path) == "true"
    }

    /// The number at the end of a path, if one is there.
    pub fn number_at(&self, path: &str) -> Option<i64> {
        self.text_at(path).parse().ok()
    }

    /// The items of the list at the end of a path.
    pub fn items_at(&self, path: &str) -> &[Element] {
        self.at(path).and_then(|list| list.child("Items")).map_or(&[], |items| items.children.as_slice())
    }

    /// The texts of the items of the list at the end of a path.
    pub fn texts_at(&self, path: &str) -> Vec<&str> {
        self.items_at(path).iter().map(|item| item.text.as_str()).collect()
    }

    /// Replaces the child of the same name, or adds it.
    pub fn set(&mut self, child: Element) {
        match self.child_mut(&child.name) {
            Some(present) => *present = child,
            None => self.children.push(child),
        }
    }

    /// Removes every child of this name.
    pub fn remove(&mut self, name: &str) {
        self.children.retain(|child| child.name != name);
    }

    /// The document whose root this element is.
    pub fn to_document(&self, namespace: &str) -> String {
        let mut writer = quick_xml::Writer::new(Vec::new());
        // Writing into memory can't fail.
        let _ = self.write(&mut writer, Some(namespace));
        format!("<?xml version=\"1.0\"?>\n{}", String::from_utf8_lossy(&writer.into_inner()))
    }

    fn write(&self, writer: &mut quick_xml::Writer<Vec<u8>>, namespace: Option<&str>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name.as_str());
        if let Some(namespace) = namespace {
            start.push_attribute(("xmlns", namespace));
        }
        writer.write_event(Event::Start(start))?;
        if !self.text.is_empty() {
            writer.write_event(Event::Text(BytesText::new(&self.text)))?;
        }
        for child in &self.children {
            child.write(writer, None)?;
        }
        writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
    }

    /// Reads a document; what isn't well-formed has no tree.
    pub fn parse(document: &[u8]) -> Option<Element> {
        let text = std::str::from_utf8(document).ok()?;
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Element> = vec![Element::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => open.push(Element::new(local_name(&start)?.as_str())),
                Event::Empty(start) => close(&mut open, Element::new(local_name(&start)?.as_str()))?,
                Event::End(_) => {
                    let element = open.pop()?;
                    close(&mut open, element)?;
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::CData(data) => open.last_mut()?.text.push_str(&data.decode().ok()?),
                Event::GeneralRef(reference) => open.last_mut()?.text.push(referenced(&reference)?),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            }
        }
        let [document] = <[Element; 1]>::try_from(open).ok()?;
        let [root] = <[Element; 1]>::try_from(document.children).ok()?;
        Some(root)
    }
}

fn local_name(start: &BytesStart) -> Option<String> {
    String::from_utf8(start.local_name().as_ref().to_vec()).ok()
}

fn close(open: &mut [Element], mut element: Element) -> Option<()> {
    if !element.children.is_empty() {
        element.text.clear();
    }
    open.last_mut()?.children.push(element);
    Some(())
}

fn referenced(reference: &quick_xml::events::BytesRef) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    let name = reference.decode().ok()?;
    quick_xml::escape::resolve_predefined_entity(&name)?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was_sent() {
        let sent = Element::new("Config")
            .with(Element::leaf("Comment", "a < b & \"c\" é\n"))
            .with(Element::new("Unknown").with(Element::leaf("Field", "1")))
            .with(Element::new("Empty"));
        assert_eq!(Element::parse(sent.to_document(NAMESPACE).as_bytes()), Some(sent));
    }

    #[test]
    fn a_document_that_is_not_well_formed_has_no_tree() {
        for broken in ["", "<A>", "<A></B>", "<A/><B/>", "no", "<A>&nope;</A>"] {
            assert_eq!(Element::parse(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn paths_lead_to_texts_flags_numbers_and_items() {
        let tree = Element::parse(
            b"<A xmlns='x'><B><Quantity>2</Quantity><Items><N>1</N><N>2</N></Items></B><C>true</C></A>",
        );
        let tree = tree.expect("it is well formed");
        assert_eq!(tree.texts_at("B"), ["1", "2"]);
        assert_eq!(tree.number_at("B/Quantity"), Some(2));
        assert!(tree.flag_at("C"));
        assert_eq!(tree.text_at("No/Such/Path"), "");
    }
}
