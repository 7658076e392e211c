//! No number here was given to anybody: NHS numbers are from 999 000 0000 on, which are kept for tests; the others are made up.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

const NHS: Option<Kind> = Some(Kind::NhsNumber);
const PUPIL: Option<Kind> = Some(Kind::UniquePupilNumber);
const INSURANCE: Option<Kind> = Some(Kind::NationalInsuranceNumber);

#[rstest]
#[case::together("9990000018")]
#[case::in_the_usual_groups("Seen by the GP, 999 000 0018, in May")]
#[case::with_hyphens("999-000-0018")]
#[case::with_en_dashes("999–000–0018")]
#[case::with_blanks_that_do_not_break("999\u{a0}000\u{202f}0018.")]
#[case::with_wide_gaps("999 - 000 - 0018")]
#[case::with_a_soft_hyphen("99900\u{ad}00018")]
#[case::full_width("９９９　０００　００１８")]
#[case::in_other_groups("99900 00018")]
#[case::digit_by_digit("9 9 9 0 0 0 0 0 1 8")]
#[case::across_a_line("number 999 000\n0018")]
#[case::after_its_label("NHS9990000018")]
#[case::after_a_year("In 2018 999 000 0018 was seen")]
#[case::beside_others("7 999 000 0018 12")]
#[case::in_a_list("9990000018,9990000026")]
#[case::in_brackets("(999 000 0018)")]
#[case::in_a_file_name("report_9990000018.pdf")]
fn nhs_numbers_are_found(#[case] text: &str) {
    assert_eq!(find(text), NHS, "{text}");
}

#[rstest]
#[case::together("U999123456789")]
#[case::lower_case("upn u999123456789")]
#[case::in_its_parts("U 999 1234 56 789")]
#[case::with_hyphens("U-999-1234-56789")]
#[case::of_a_school_with_a_number_like_a_year("J 999 2045 18 001")]
#[case::with_other_groups("U999 123 456 789")]
#[case::full_width("Ｕ９９９１２３４５６７８９")]
#[case::temporary("R99912345678A")]
#[case::temporary_in_lower_case("h 999 1234 56 78l")]
#[case::after_its_label("UPNU999123456789")]
fn pupil_numbers_are_found(#[case] text: &str) {
    assert_eq!(find(text), PUPIL, "{text}");
}

#[rstest]
#[case::together("AB123456C")]
#[case::in_pairs("AB 12 34 56 C.")]
#[case::lower_case("his is ab 12 34 56 c")]
#[case::with_hyphens("AB-12-34-56-C")]
#[case::with_dashes_and_blanks("AB 12–34–56 C")]
#[case::after_its_label("NINOAB123456C")]
#[case::beginning_like_a_word("BY123456A")]
#[case::beginning_like_a_word_in_capitals("BY 12 34 56 A")]
#[case::beginning_like_a_word_and_no_date("by 99 99 99 c")]
fn insurance_numbers_are_found(#[case] text: &str) {
    assert_eq!(find(text), INSURANCE, "{text}");
}

#[rstest]
#[case::check_digit("999 000 0019")]
#[case::check_digit_that_cannot_be("9990000000")]
#[case::placeholder("0000000000")]
#[case::placeholder_in_groups("999 999 9999")]
#[case::longer("99900000180")]
#[case::part_of_twelve("129990000018")]
#[case::decimal("0.9990000018")]
#[case::decimals_after("9990000018.5")]
#[case::money("£9990000018")]
#[case::thousands("9,990,000,018")]
#[case::telephone("01494 475000")]
#[case::telephone_of_london("020 7946 0123")]
#[case::telephone_abroad("+44 9990000018")]
#[case::telephone_abroad_by_zeros("0044 999 000 0018")]
#[case::telephone_with_both("+44 (0)99 9000 0018")]
#[case::helpline("0800 555111")]
#[case::dates("from 2018-12-10 to 2019-01-15")]
#[case::a_time("2018-12-10 14:30:00")]
#[case::times("2018-12-10T14:30:00.123456Z")]
#[case::years("2017-18 – 2018-19")]
#[case::counts("99 90 00 00 18")]
#[case::in_words("348 of 588 (59.2%), 12,345 children")]
#[case::in_hex("a9990000018f")]
#[case::glued_to_letters("ABC9990000018")]
#[case::other_scripts("é9990000018")]
#[case::apart("999    000    0018")]
#[case::gss_code("E10000002, E06000060")]
#[case::urn("URN 110532, establishment 825/2045")]
#[case::references("2.b.iii, 1.10, (4)(a), R12")]
#[case::uuid("0190c4f0-1234-7890-9990-000000180000")]
#[case::id("act_0190c4f0123478909990000018000012")]
#[case::sha("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
#[case::pupil_check_letter("J999123456789")]
#[case::pupil_letter_that_is_not_used("I999123456789")]
#[case::pupil_longer("U9991234567890")]
#[case::pupil_shorter("U99912345678")]
#[case::insurance_letters("QQ123456C, DA123456A, AO123456A, GB123456A, TN123456B, ZZ123456D")]
#[case::insurance_suffix("AB123456E")]
#[case::insurance_without_suffix("AB123456")]
#[case::insurance_longer("AB1234567C, XAB123456C, AB123456CD")]
#[case::an_amount("By 250000 a year")]
#[case::a_date_and_an_article("on 10-12-18 a board")]
#[case::a_date_and_an_initial("On 10-12-18 C Smith")]
#[case::nothing("")]
fn what_looks_alike_passes(#[case] text: &str) {
    assert_eq!(find(text), None, "{text}");
}

#[test]
fn plans_named_by_a_letter_are_no_pupils() {
    for plan in 'A'..='Z' {
        assert_eq!(find(&format!("Plan {plan} 2018-19 2019-20")), None);
    }
}

#[test]
fn the_first_is_named() {
    assert_eq!(find("AB123456C and 999 000 0018"), INSURANCE);
    assert_eq!(find("999 000 0018 and AB123456C"), NHS);
}

#[test]
fn a_message_can_name_each() {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names, ["an NHS number", "a unique pupil number", "a national insurance number"]);
}

/// Texts that keep every comparison going for as long as it can.
#[test]
fn a_megabyte_of_look_alikes_takes_no_longer_than_its_length() {
    for piece in [
        "9",
        "9 ",
        "9-9 ",
        "999 000 0019 ",
        "U 999 123 456 780 ",
        "AB 12 34 56 E ",
        "+44 ",
        "(0)",
        ".9",
        "   ",
    ] {
        assert_eq!(find(&piece.repeat(1_000_000 / piece.len())), None, "{piece}");
    }
}

/// The tenth digit, worked out as the NHS says it: eleven less the remainder, eleven counting as none.
fn nhs_number(nine: u32) -> Option<String> {
    let text = format!("{nine:09}");
    let sum: u32 = text.bytes().zip([10, 9, 8, 7, 6, 5, 4, 3, 2]).map(|(d, w)| u32::from(d - b'0') * w).sum();
    match 11 - sum % 11 {
        10 => None,
        11 => Some(format!("{text}0")),
        check => Some(format!("{text}{check}")),
    }
}

/// The check letter, worked out as the Department for Education says it.
fn pupil_number(eleven: u64, last: char) -> String {
    let letters: Vec<char> = "ABCDEFGHJKLMNPQRTUVWXYZ".chars().collect();
    let rest = format!("{eleven:011}{last}");
    let value = |c: char| {
        c.to_digit(10).map_or_else(|| letters.iter().position(|l| *l == c).unwrap(), |d| d as usize)
    };
    let sum: usize = rest.chars().zip(2..).map(|(c, weight)| value(c) * weight).sum();
    format!("{}{rest}", letters[sum % 23])
}

/// The number in groups of these sizes, with a separator between each and the next.
fn grouped(number: &str, sizes: &[usize], separator: &str) -> String {
    let mut rest = number;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, more) = rest.split_at(*size);
        parts.push(part);
        rest = more;
    }
    parts.join(separator)
}

fn separator() -> impl Strategy<Value = String> {
    "[ \u{a0}\u{2009}\u{202f}\n\t\\-\u{2010}\u{2011}\u{2013}\u{2014}\u{2212}]{0,3}"
}

/// What can stand before a number, and after.
fn prose() -> impl Strategy<Value = (String, String)> {
    let before = prop::sample::select(vec![
        "",
        "x ",
        "see: ",
        "in 2018 ",
        "(",
        "no ",
        "é, ",
        "12. ",
        "Nr.",
        "10/12/2018 ",
    ]);
    let after = prop::sample::select(vec!["", " x", ".", ", and", ")", " 12", "; 2018", "\n", "/2", " é"]);
    ("([a-z ]{0,20}: )?", before, after, "\\PC{0,20}").prop_map(|(far, before, after, beyond)| {
        // A letter or digit right behind would be a part of the number.
        (format!("{far}{before}"), format!("{after} | {beyond}"))
    })
}

fn look_alike() -> impl Strategy<Value = String> {
    prop_oneof![
        "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]( [012][0-9]:[0-5][0-9])?",
        "[0-3][0-9]/[01][0-9]/(19|20)[0-9]{2}",
        "[0-9]{1,3}(\\.[0-9])?%",
        "[0-9]{1,3} of [0-9]{1,3}",
        "0[0-9]{4} [0-9]{6}",
        "0[0-9]{10}",
        "020 [0-9]{4} [0-9]{4}",
        "\\+44 [0-9]{4} [0-9]{6}",
        "\\+44 \\(0\\)[0-9]{4} [0-9]{6}",
        "[EWSN][0-9]{8}",
        "URN [0-9]{6}",
        "£[0-9]{1,3}(,[0-9]{3}){1,3}(\\.[0-9]{2})?",
        "£[0-9]{4,12}",
        "[0-9]{1,2}\\.[a-h]\\.(i|ii|iii|iv)",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "act_[0-9a-f]{32}",
        "[0-9a-f]{64}",
        "[0-9]{1,9}",
        "[0-9]{11,16}",
        "[0-9]{12}-[0-9]",
        "[0-9]{1,10}\\.[0-9]{1,10}",
    ]
}

proptest! {
    #[test]
    fn every_nhs_number_is_found(
        nine in 999_000_000u32..999_999_999, separator in separator(), one_by_one in any::<bool>(), (before, after) in prose(),
    ) {
        prop_assume!(nhs_number(nine).is_some());
        let number = nhs_number(nine).unwrap();
        let is_free = !before.ends_with(|c: char| c.is_ascii_digit() || c == ' ') && !after.starts_with(" 1");
        let sizes: &[usize] = if one_by_one && is_free { &[1; 10] } else { &[3, 3, 4] };
        let found = find(&format!("{before}{}{after}", grouped(&number, sizes, &separator)));
        // A letter of its own before it, and digits after it, can make a pupil number of the whole by chance.
        let can_be_more = before.ends_with("x ") && after.starts_with(" 1");
        prop_assert!(found == NHS || can_be_more && found == PUPIL, "{found:?}");
    }

    #[test]
    fn a_wrong_check_digit_is_no_nhs_number(nine in 0u32..=999_999_999, off in 1u32..10, separator in separator()) {
        let right = nhs_number(nine).map_or(10, |number| number[9..].parse().unwrap());
        let wrong = format!("{nine:09}{}", (right + off) % 10);
        prop_assume!(right != 10 || nhs_number(nine).is_none());
        prop_assert_eq!(find(&grouped(&wrong, &[3, 3, 4], &separator)), None);
    }

    #[test]
    fn every_pupil_number_is_found(
        eleven in 99_900_000_000u64..=99_999_999_999, last in "[0-9A-HJ-NP-RT-Z]", separator in separator(),
        in_parts in any::<bool>(), is_lower in any::<bool>(), (before, after) in prose(),
    ) {
        let number = pupil_number(eleven, last.chars().next().unwrap());
        let number = if is_lower { number.to_lowercase() } else { number };
        let sizes: &[usize] = if in_parts { &[1, 3, 4, 2, 3] } else { &[1, 12] };
        prop_assert_eq!(find(&format!("{before}{}{after}", grouped(&number, sizes, &separator))), PUPIL);
    }

    #[test]
    fn a_wrong_check_letter_is_no_pupil_number(eleven in 0u64..=99_999_999_999, last in "[0-9A-HJ-NP-RT-Z]", letter in "[A-Z]") {
        let number = pupil_number(eleven, last.chars().next().unwrap());
        prop_assume!(!number.starts_with(&letter));
        prop_assert_eq!(find(&format!("{letter}{}", &number[1..])), None);
    }

    #[test]
    fn every_insurance_number_is_found(
        // None of the first letters begins a word that could be the first two.
        prefix in "[CEGJ-LNSTX-Z][ACEHJ-MPRSW-Y]", digits in "[0-9]{6}", suffix in "[A-D]", separator in separator(),
        in_pairs in any::<bool>(), is_lower in any::<bool>(), (before, after) in prose(),
    ) {
        prop_assume!(!["GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str()));
        let number = format!("{prefix}{digits}{suffix}");
        let number = if is_lower { number.to_lowercase() } else { number };
        let sizes: &[usize] = if in_pairs { &[2, 2, 2, 2, 1] } else { &[2, 6, 1] };
        prop_assert_eq!(find(&format!("{before}{}{after}", grouped(&number, sizes, &separator))), INSURANCE);
    }

    #[test]
    fn letters_that_are_not_given_out_are_no_insurance_number(
        prefix in "[DFIQUV][A-Z]|[A-Z][DFIOQUV]|BG|GB|KN|NK|NT|TN|ZZ", digits in "[0-9]{6}", suffix in "[A-D]", separator in separator(),
    ) {
        prop_assert_eq!(find(&grouped(&format!("{prefix}{digits}{suffix}"), &[2, 2, 2, 2, 1], &separator)), None);
    }

    #[test]
    fn look_alikes_pass(all in prop::collection::vec(look_alike(), 1..6), between in "[;,:] (and|the|see) ") {
        prop_assert_eq!(find(&all.join(&between)), None);
    }

    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        find(&text);
    }
}
