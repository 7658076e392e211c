//! How a file may be called, so that it is called the same on every system that it is saved on, and nobody is deceived by it.

use super::FileType;

/// At most so many bytes in a name: file systems take 255, and some of those add an ending of their own while they save.
pub const LONGEST_NAME: usize = 200;

/// Characters that mean something to a file system, or to the shell in front of it.
const REFUSED: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Names that Windows keeps for devices, whatever ending they have.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The same, with a digit after it.
const NUMBERED_DEVICES: &[&str] = &["com", "lpt"];

/// Whether a file of a type may be called this.
///
/// # Errors
/// What is wrong with the name, and what would be right. The name itself is not repeated: it may be what it must not be.
pub fn check_name(name: &str, of: FileType) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("A file needs a name, such as report.pdf.".to_owned());
    }
    if name.len() > LONGEST_NAME {
        return Err(format!(
            "A name has {LONGEST_NAME} bytes at most, and this one has {}: shorten it.",
            name.len()
        ));
    }
    if name.chars().any(|sign| sign.is_control() || is_unseen(sign)) {
        let message = "This name holds characters that cannot be seen, or that turn the direction of writing: take them out.";
        return Err(message.to_owned());
    }
    if name.contains(REFUSED) {
        return Err(format!(
            "A name holds none of {}: give the name alone, without a folder.",
            REFUSED.iter().map(char::to_string).collect::<Vec<_>>().join(" ")
        ));
    }
    if name.starts_with('.') {
        return Err("A name does not begin with a point: such files are hidden. Take it away.".to_owned());
    }
    if name.starts_with(char::is_whitespace)
        || name.ends_with(['.', ' '])
        || name.ends_with(char::is_whitespace)
    {
        return Err(
            "A name neither begins with a blank nor ends with a blank or a point: take it away.".to_owned()
        );
    }
    if is_device(name) {
        return Err("Windows keeps this name for a device: choose another.".to_owned());
    }
    check_ending(name, of)
}

fn check_ending(name: &str, of: FileType) -> Result<(), String> {
    let fits = |(stem, ending): (&str, &str)| {
        !stem.trim_end_matches(['.', ' ']).is_empty()
            && of.endings().iter().any(|own| ending.eq_ignore_ascii_case(own))
    };
    if name.rsplit_once('.').is_some_and(fits) {
        return Ok(());
    }
    let endings: Vec<String> = of.endings().iter().map(|ending| format!(".{ending}")).collect();
    Err(format!(
        "The name of a file of the type {} ends with {}: mend the name or the type.",
        of.media_type(),
        endings.join(" or ")
    ))
}

/// Whether Windows takes the name for a device: it looks at what comes before the first point.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_numbered = NUMBERED_DEVICES.iter().any(|device| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    });
    is_numbered || DEVICES.contains(&stem.as_str())
}

/// Whether a character shows nothing, or turns what stands beside it: those that Unicode lets a reader pass over, those that
/// direct writing, and those that end lines.
fn is_unseen(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("report.pdf", FileType::Pdf)]
    #[case("Report of the 3rd quarter (final), v2.PDF", FileType::Pdf)]
    #[case("photo.jpeg", FileType::Jpeg)]
    #[case("photo.JPG", FileType::Jpeg)]
    #[case("Bericht – März.docx", FileType::Docx)]
    #[case("報告.odt", FileType::Odt)]
    #[case("a.b.csv", FileType::Csv)]
    #[case("confirmed.txt", FileType::Text)]
    #[case("com10.txt", FileType::Text)]
    fn taken(#[case] name: &str, #[case] of: FileType) {
        assert_eq!(check_name(name, of), Ok(()));
    }

    #[rstest]
    #[case("", "needs a name")]
    #[case(" \u{3000}", "needs a name")]
    #[case("a\u{0}.pdf", "cannot be seen")]
    #[case("a\n.pdf", "cannot be seen")]
    #[case("report\u{202e}fdp.exe.pdf", "cannot be seen")]
    #[case("re\u{200b}port.pdf", "cannot be seen")]
    #[case("report\u{2066}.pdf", "cannot be seen")]
    #[case("report\u{feff}.pdf", "cannot be seen")]
    #[case("report\u{2028}.pdf", "cannot be seen")]
    #[case("../report.pdf", "without a folder")]
    #[case("c:\\report.pdf", "without a folder")]
    #[case("a/b.pdf", "without a folder")]
    #[case("report?.pdf", "without a folder")]
    #[case(".report.pdf", "begin with a point")]
    #[case("..pdf", "begin with a point")]
    #[case(" report.pdf", "blank")]
    #[case("report.pdf ", "blank")]
    #[case("report.pdf.", "blank or a point")]
    #[case("report.pdf\u{a0}", "blank")]
    #[case("CON.pdf", "a device")]
    #[case("nul .txt.pdf", "a device")]
    #[case("Lpt1.pdf", "a device")]
    #[case("COM³.pdf", "a device")]
    #[case("report", "ends with .pdf")]
    #[case("report.pdf.exe", "ends with .pdf")]
    #[case("report.docx", "ends with .pdf")]
    fn refused(#[case] name: &str, #[case] why: &str) {
        let message = check_name(name, FileType::Pdf).unwrap_err();
        assert!(message.contains(why), "{name:?}: {message}");
    }

    #[test]
    fn a_name_is_as_long_as_a_file_system_takes() {
        let of_bytes = |bytes: usize| format!("{}.pdf", "é".repeat((bytes - 4) / 2));

        assert_eq!(check_name(&of_bytes(LONGEST_NAME), FileType::Pdf), Ok(()));
        assert!(check_name(&of_bytes(LONGEST_NAME + 2), FileType::Pdf).unwrap_err().contains("202"));
    }

    #[test]
    fn every_ending_is_named_where_there_are_several() {
        assert!(check_name("a.png", FileType::Jpeg).unwrap_err().contains(".jpg or .jpeg"));
    }

    fn file_type() -> impl Strategy<Value = FileType> {
        proptest::sample::select(FileType::ALL)
    }

    proptest! {
        #[test]
        fn what_is_taken_is_a_plain_name_that_everybody_reads_alike(name in any::<String>(), of in file_type()) {
            let name = format!("{name}.{}", of.endings()[0]);
            if check_name(&name, of).is_ok() {
                prop_assert!(name.len() <= LONGEST_NAME && !name.starts_with('.') && name.trim() == name);
                let deceives = name.contains(['/', '\\', '\0', '\u{202e}', '\u{200b}']);
                prop_assert!(!deceives);
                prop_assert_eq!(std::path::Path::new(&name).file_name(), Some(std::ffi::OsStr::new(&name)));
            }
        }

        #[test]
        fn a_message_repeats_no_name(name in "[a-z]{12,20}", of in file_type()) {
            prop_assert!(!check_name(&name, of).unwrap_err().contains(&name));
        }

        #[test]
        fn plain_words_with_the_right_ending_are_taken(words in "[A-Za-z0-9][A-Za-z0-9 _-]{0,40}[A-Za-z0-9]", of in file_type()) {
            prop_assume!(!is_device(&words));
            for ending in of.endings() {
                prop_assert_eq!(check_name(&format!("{words}.{ending}"), of), Ok(()));
            }
        }
    }
}
