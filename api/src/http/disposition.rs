//! `Content-Disposition` of a file that is handed out: always an attachment, under a name that can do no harm (RFC 6266).

use std::fmt::Write as _;

use http::HeaderValue;

/// The most characters of a name.
const LONGEST: usize = 200;
/// The name of what has none.
const NAMELESS: &str = "file";

/// The header for a file of this name, whatever the name is.
pub(super) fn attachment(name: &str) -> HeaderValue {
    let name = harmless(name);
    // For clients that do not read the other: what is not ASCII, and what has a meaning in quotes, is left out.
    let plain: String = name
        .chars()
        .map(
            |of| if of.is_ascii_graphic() && !matches!(of, '"' | '\\' | '%') || of == ' ' { of } else { '_' },
        )
        .collect();
    let encoded = name.bytes().fold(String::with_capacity(name.len() * 3), |mut text, byte| {
        if is_attr_char(byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// A name without what steers a terminal, turns the direction of writing, or leads into another folder.
fn harmless(name: &str) -> String {
    let kept = name.chars().filter(|of| !of.is_control() && !is_invisible(*of));
    let kept = kept.map(|of| if matches!(of, '/' | '\\' | ':') { '_' } else { of });
    let kept: String = kept.take(LONGEST).collect();
    let kept = kept.trim_matches(['.', ' ']);
    if kept.is_empty() { NAMELESS.to_owned() } else { kept.to_owned() }
}

/// Marks of direction and joiners, separators of lines, and the like: not seen, and able to make one ending look like another.
fn is_invisible(of: char) -> bool {
    matches!(of, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The characters that RFC 5987 leaves as they are.
fn is_attr_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn written(name: &str) -> String {
        attachment(name).to_str().unwrap().to_owned()
    }

    #[rstest]
    #[case("dip sample.pdf", "filename=\"dip sample.pdf\"; filename*=UTF-8''dip%20sample.pdf")]
    #[case(
        "voix des familles – été.docx",
        "filename=\"voix des familles _ _t_.docx\"; filename*=UTF-8''voix%20des%20familles%20%E2%80%93%20%C3%A9t%C3%A9.docx"
    )]
    #[case(
        "a\"; filename=\"b.exe",
        "filename=\"a__ filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe"
    )]
    #[case("../../etc/passwd", "filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd")]
    #[case("C:\\x.pdf", "filename=\"C__x.pdf\"; filename*=UTF-8''C__x.pdf")]
    #[case("report\u{202e}fdp.exe", "filename=\"reportfdp.exe\"; filename*=UTF-8''reportfdp.exe")]
    #[case("a\r\nSet-Cookie: x", "filename=\"aSet-Cookie_ x\"; filename*=UTF-8''aSet-Cookie_%20x")]
    #[case("...", "filename=\"file\"; filename*=UTF-8''file")]
    #[case("", "filename=\"file\"; filename*=UTF-8''file")]
    fn names(#[case] name: &str, #[case] header: &str) {
        assert_eq!(written(name), format!("attachment; {header}").replace("a__ filename", "a_; filename"));
    }

    /// Reads a header as a client does: the quoted name, and the encoded one.
    pub(super) fn read(header: &str) -> Option<(String, String)> {
        let rest = header.strip_prefix("attachment; filename=\"")?;
        let (plain, rest) = rest.split_once('"')?;
        let encoded = rest.strip_prefix("; filename*=UTF-8''")?;
        let mut bytes = Vec::new();
        let mut left = encoded.bytes();
        while let Some(byte) = left.next() {
            bytes.push(match byte {
                b'%' => {
                    let digits = [left.next()?, left.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                byte if is_attr_char(byte) => byte,
                _ => return None,
            });
        }
        Some((plain.to_owned(), String::from_utf8(bytes).ok()?))
    }

    proptest! {
        #[test]
        fn any_name_can_be_read_again_and_is_harmless(name in prop_oneof![".{0,300}", any::<String>()]) {
            let (plain, encoded) = read(&written(&name)).unwrap();
            prop_assert_eq!(&encoded, &harmless(&name));
            prop_assert!(!encoded.contains(['/', '\\', ':']) && !encoded.chars().any(char::is_control));
            prop_assert!(!encoded.is_empty() && !encoded.starts_with('.') && !encoded.chars().any(is_invisible));
            prop_assert_eq!(plain.chars().count(), encoded.chars().count());
        }
    }
}
