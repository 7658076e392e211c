//! Numbers that identify a person, found in free text so that they can be refused.
//!
//! The record is about a programme, never about a child. Nobody means to write a child's number into it, but narratives are
//! pasted from elsewhere. So the three numbers that every service uses are looked for wherever people write freely. What
//! is found is named by its [`Kind`]; the number itself is never returned.
//!
//! The reading takes one pass over the text and then looks, from each letter and digit, at no more than the next fourteen: time
//! and memory grow with the text's length and with nothing else.

crate::vocabulary! {
    /// A number that identifies a person.
    Kind {
        /// Ten digits, the last of which checks the others.
        NhsNumber = "NHS_NUMBER",
        /// A letter that checks the rest, eleven digits, and a last digit, or a letter where the number is temporary.
        UniquePupilNumber = "UNIQUE_PUPIL_NUMBER",
        /// Two letters, six digits, and a letter from A to D.
        NationalInsuranceNumber = "NATIONAL_INSURANCE_NUMBER",
    }
}

impl Kind {
    /// What it is called in a message: "an NHS number".
    pub const fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "an NHS number",
            Self::UniquePupilNumber => "a unique pupil number",
            Self::NationalInsuranceNumber => "a national insurance number",
        }
    }
}

/// The first number in the text that identifies a person, by its kind alone.
///
/// Letters count in either case, digits and letters in either width. Between them may stand up to three blanks or dashes of any
/// kind, and none needs to. The number must begin and end where a word does: what is part of a longer number,
/// an id or a decimal passes.
pub fn find(text: &str) -> Option<Kind> {
    let signs = read(text);
    (0..signs.len()).find_map(|at| match signs[at].what {
        b'0'..=b'9' => is_nhs_number(&signs, at).then_some(Kind::NhsNumber),
        b'A'..=b'Z' if is_pupil_number(&signs, at) => Some(Kind::UniquePupilNumber),
        b'A'..=b'Z' if is_insurance_number(&signs, at) => Some(Kind::NationalInsuranceNumber),
        _ => None,
    })
}

/// A letter or digit of the text, and what stands before it.
#[derive(Clone, Copy)]
struct Sign {
    /// An ASCII digit or capital; 0 for the letters and digits of other scripts, which only keep a number from beginning or ending.
    what: u8,
    is_lower: bool,
    joint: Joint,
}

/// What stands between a letter or digit and the one before it.
#[derive(Clone, Copy, PartialEq)]
enum Joint {
    /// Nothing.
    Glued,
    /// So many blanks and dashes.
    Separated(u8),
    /// A full stop alone: between two digits, a decimal point.
    Point,
    /// Anything else, of which this is the last.
    Broken(char),
}

/// The most blanks and dashes between two parts of one number: "999 - 000".
const WIDEST: u8 = 3;

impl Joint {
    fn then(self, c: char) -> Self {
        let is_separator = c.is_whitespace() || is_dash(c);
        match self {
            Self::Glued if is_separator => Self::Separated(1),
            Self::Separated(wide) if is_separator && wide < WIDEST => Self::Separated(wide + 1),
            Self::Broken(last) if is_separator => Self::Broken(last),
            Self::Glued if c == '.' => Self::Point,
            _ => Self::Broken(c),
        }
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}')
}

/// Soft hyphens and characters without width come along with text that is pasted, and nobody sees them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The ASCII character of a full-width one.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn read(text: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    let mut joint = Joint::Broken('\n');
    for c in text.chars().filter(|c| !is_invisible(*c)).map(narrow) {
        if !c.is_alphanumeric() {
            joint = joint.then(c);
            continue;
        }
        let what = if c.is_ascii() { c.to_ascii_uppercase() as u8 } else { 0 };
        let is_decimal = what.is_ascii_digit() && signs.last().is_some_and(Sign::is_digit);
        if joint == Joint::Point && !is_decimal {
            joint = Joint::Broken('.');
        }
        signs.push(Sign { what, is_lower: c.is_ascii_lowercase(), joint });
        joint = Joint::Glued;
    }
    signs
}

impl Sign {
    fn is_digit(&self) -> bool {
        self.what.is_ascii_digit()
    }

    fn is_separated(&self) -> bool {
        matches!(self.joint, Joint::Separated(_))
    }

    /// The digit's value.
    fn digit(&self) -> Option<u32> {
        char::from(self.what).to_digit(10)
    }
}

/// The `count` signs from `at`, where they begin like a word, or right after the label; end like one; and only separators
/// stand between them.
fn run<'a>(signs: &'a [Sign], at: usize, count: usize, label: &[u8]) -> Option<&'a [Sign]> {
    let begins = match signs[at].joint {
        Joint::Glued => is_labelled(signs, at, label),
        Joint::Point => false,
        _ => true,
    };
    let run = signs.get(at..at + count).filter(|_| begins)?;
    let ends = signs.get(at + count).is_none_or(|next| !matches!(next.joint, Joint::Glued | Joint::Point));
    let is_whole = run[1..].iter().all(|sign| sign.joint == Joint::Glued || sign.is_separated());
    (ends && is_whole).then_some(run)
}

/// Whether the word that ends right before `at` is the label: people write "NHS9990000018".
fn is_labelled(signs: &[Sign], at: usize, label: &[u8]) -> bool {
    let before = at.checked_sub(label.len()).map(|start| &signs[start..at]);
    before.is_some_and(|word| word[0].joint != Joint::Glued && word.iter().map(|sign| &sign.what).eq(label))
}

/// The pieces of a number as it is grouped.
fn groups(run: &[Sign]) -> impl Iterator<Item = &[Sign]> {
    run.chunk_by(|_, next| next.joint == Joint::Glued)
}

fn is_grouped(run: &[Sign], sizes: &[usize]) -> bool {
    groups(run).map(<[Sign]>::len).eq(sizes.iter().copied())
}

/// Whether one group is a year: what has one is sooner a row of dates.
fn names_a_year(run: &[Sign]) -> bool {
    groups(run).any(|group| {
        group.len() == 4 && matches!((group[0].what, group[1].what), (b'1', b'9') | (b'2', b'0'))
    })
}

/// The last digit makes the sum, each digit times its place counted from the end, divisible by eleven.
///
/// Ten times the same digit would do so too: those are nobody's numbers but what people write in place of one, and pass.
/// Scotland's and Northern Ireland's numbers have the same form and are found as well; so is an ISBN of ten digits, which
/// nothing tells apart.
fn is_nhs_number(signs: &[Sign], at: usize) -> bool {
    let Some(run) = run(signs, at, 10, b"NHS") else { return false };
    let Some(digits) = run.iter().map(Sign::digit).collect::<Option<Vec<u32>>>() else { return false };
    let sum: u32 = (1..=10).rev().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    if !sum.is_multiple_of(11) || digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let is_money = matches!(signs[at].joint, Joint::Broken('£' | '$' | '€'));
    let is_usual = is_grouped(run, &[10]) || is_grouped(run, &[3, 3, 4]);
    !is_money && !is_telephone(signs, at) && (is_usual || is_alone(signs, at) && !is_other(run))
}

/// Whether no more digits follow on either side of the ten. In an unusual grouping, those would be as likely a part of the number.
fn is_alone(signs: &[Sign], at: usize) -> bool {
    let joins = |sign: &Sign| sign.is_digit() && sign.is_separated();
    let follows = signs[at].is_separated() && at > 0 && signs[at - 1].is_digit();
    !follows && !signs.get(at + 10).is_some_and(joins)
}

/// Whether an unusual grouping is usual for something else: dates, a telephone number, a row of counts.
fn is_other(run: &[Sign]) -> bool {
    names_a_year(run) || run[0].what == b'0' || is_grouped(run, &[2, 2, 2, 2, 2])
}

/// Whether what stands before makes it a telephone number: +44, 0044 or (0).
fn is_telephone(signs: &[Sign], at: usize) -> bool {
    let Some(last) = at.checked_sub(1) else { return false };
    if signs[at].joint == Joint::Broken(')') {
        return signs[last].what == b'0' && signs[last].joint == Joint::Broken('(');
    }
    let first = (last.saturating_sub(3)..=last).rev().find(|back| signs[*back].joint != Joint::Glued);
    first.filter(|_| signs[at].is_separated()).is_some_and(|first| {
        let code = &signs[first..at];
        let is_abroad = code.len() == 4 && code[0].what == b'0' && code[1].what == b'0';
        code.iter().all(Sign::is_digit) && (is_abroad || code[0].joint == Joint::Broken('+'))
    })
}

/// The letters of a pupil number by their value. I, O and S are not used.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// The first letter is the sum of the others, times 2, 3 and so on to 13, modulo 23.
fn is_pupil_number(signs: &[Sign], at: usize) -> bool {
    let Some(run) = run(signs, at, 13, b"UPN") else { return false };
    let value = |sign: &Sign, is_last: bool| match sign.digit() {
        None if is_last => LETTERS.iter().position(|letter| *letter == sign.what),
        digit => digit.map(|digit| digit as usize),
    };
    let mut sum = 0;
    for (place, sign) in run.iter().enumerate().skip(1) {
        let Some(value) = value(sign, place == 12) else { return false };
        sum += value * (place + 1);
    }
    // "Plan B 2018-19 2019-20" has as many digits; but 825 2045 is a school.
    let is_usual = is_grouped(run, &[1, 3, 4, 2, 3]) || is_grouped(run, &[1, 3, 4, 5]);
    LETTERS[sum % 23] == run[0].what && (is_usual || !(run[1].is_separated() && names_a_year(run)))
}

/// Two letters as they are given out, six digits, and a letter from A to D. No digit checks it, so words have to.
fn is_insurance_number(signs: &[Sign], at: usize) -> bool {
    let Some(run) = run(signs, at, 9, b"NINO") else { return false };
    let (one, two, last) = (run[0].what, run[1].what, run[8].what);
    let is_given_out = |letter: u8| letter.is_ascii_uppercase() && !b"DFIQUV".contains(&letter);
    let never = [*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"];
    is_given_out(one)
        && is_given_out(two)
        && two != b'O'
        && !never.contains(&[one, two])
        && run[2..8].iter().all(Sign::is_digit)
        && matches!(last, b'A'..=b'D')
        && !is_prose(run)
}

/// Words that could be the first two letters.
const WORDS: [[u8; 2]; 14] = [
    *b"AM", *b"AN", *b"AS", *b"AT", *b"BE", *b"BY", *b"HE", *b"ME", *b"MY", *b"ON", *b"OR", *b"PM", *b"RE",
    *b"WE",
];

/// "By 250000 a year", "on 10-12-18 a board", "on 10-12-18 C Smith".
fn is_prose(run: &[Sign]) -> bool {
    let is_word =
        WORDS.contains(&[run[0].what, run[1].what]) && run[1].is_lower && run[1].joint == Joint::Glued;
    let two = |at: usize| run[at].digit().zip(run[at + 1].digit()).map_or(0, |(ten, one)| ten * 10 + one);
    let is_date = is_grouped(&run[2..8], &[2, 2, 2]) && two(2) <= 31 && two(4) <= 12;
    is_word && run[2].is_separated() && run[8].is_separated() && (run[8].what == b'A' || is_date)
}

#[cfg(test)]
#[path = "personal_tests.rs"]
mod tests;
