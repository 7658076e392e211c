//! Texts of a workbook: runs of letters, each perhaps struck through, with Excel's own way of writing what XML cannot hold.

use super::super::error::ReadError;
use super::symbols;
use super::xml::{Node, Walk};

/// A text, and what is struck through in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rich {
    pub text: String,
    pub struck: String,
    /// It has runs of its own, which say for themselves whether they are struck through.
    pub has_runs: bool,
}

/// All texts that cells share, by their numbers.
pub(crate) fn shared(text: &str) -> Result<Vec<Rich>, ReadError> {
    let mut strings = Vec::new();
    let mut walk = Walk::new(text);
    while let Some(node) = walk.next()? {
        if let Node::Start(element) = node
            && element.name == "si"
        {
            strings.push(rich(&mut walk)?);
        }
    }
    Ok(strings)
}

/// The text of the element that was just begun, to its end.
pub(crate) fn rich(walk: &mut Walk<'_>) -> Result<Rich, ReadError> {
    let mut rich = Rich::default();
    let (mut inside, mut is_struck, mut font) = (1, false, String::new());
    while inside > 0 {
        match walk.next()? {
            Some(Node::Start(element)) => match element.name.as_str() {
                // How Japanese is pronounced.
                "rPh" => walk.skip()?,
                "t" => {
                    let text = symbols::text(&font, &unescaped(&walk.text()?));
                    if is_struck { rich.struck.push_str(&text) } else { rich.text.push_str(&text) }
                }
                "r" => {
                    (is_struck, font) = (false, String::new());
                    rich.has_runs = true;
                    inside += 1;
                }
                "strike" => {
                    is_struck = element.is_on();
                    inside += 1;
                }
                "rFont" => {
                    font = element.get("val").unwrap_or_default();
                    inside += 1;
                }
                _ => inside += 1,
            },
            Some(Node::End(_)) => inside -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    Ok(rich)
}

/// "_x000D_" stands for a character that XML cannot hold.
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                if c != '\r' {
                    out.push(c);
                }
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn struck_runs_are_kept_apart() {
        let xml = "<sst><si><t>Plain &amp; simple</t></si><si><r><rPr><strike/></rPr><t>March 2019</t></r><r><t xml:space=\"preserve\"> June 2019</t></r></si></sst>";
        let strings = shared(xml).unwrap();
        assert_eq!(strings[0].text, "Plain & simple");
        assert_eq!((strings[1].text.as_str(), strings[1].struck.as_str()), (" June 2019", "March 2019"));
    }

    #[test]
    fn what_xml_cannot_hold_is_written_out() {
        assert_eq!(unescaped("one_x000D_\ntwo"), "one\ntwo");
        assert_eq!(unescaped("_x005F_x_y_x00"), "_x_y_x00");
        assert_eq!(unescaped("_xé€12_"), "_xé€12_");
    }
}
