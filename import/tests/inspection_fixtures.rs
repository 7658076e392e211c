//! Reports in the shapes of every family, written for these tests: what they say is invented, how it is printed is not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod paper;

use import::inspection::{AddressedBy, Framework, Grade, JudgementArea, Part, Report, UrgentBy, read};
use paper::{LEFT, Paper};

fn report(paper: &Paper) -> Report {
    read(&paper.bytes(), &mut |_, _| {}).unwrap()
}

fn texts(report: &Report) -> Vec<&str> {
    report.recommendations.iter().map(|item| item.text.as_str()).collect()
}

fn grades(report: &Report) -> Vec<(JudgementArea, Grade)> {
    report.judgements.iter().map(|judgement| (judgement.area, judgement.grade)).collect()
}

/// Rows of a table: areas of one line or two, grades of one line or two, each in the middle of its row.
fn table(paper: &mut Paper, column: f32, rows: &[(&[&str], &[&str])]) {
    for (area, grade) in rows {
        let height = 14.5 * area.len().max(grade.len()) as f32;
        let top = paper.y();
        for (lines, x) in [(area, LEFT + 6.0), (grade, column)] {
            let from = top + (height - 14.5 * lines.len() as f32) / 2.0;
            for (place, line) in lines.iter().enumerate() {
                paper.at(x, from + 14.5 * place as f32, 12.0, false, line);
            }
        }
        paper.space(height + 12.0);
    }
}

fn ilacs_front(footer: bool) -> Paper {
    let mut paper = Paper::default();
    if footer {
        paper.footer(
            "Inspection of Harbourshire local authority children’s services",
            "29 November to 10 December 2021",
        );
    }
    paper.flow(LEFT, 26.0, false, "Inspection of Harbourshire local authority children’s services");
    paper.space(10.0).flow(LEFT, 12.0, true, "Inspection dates: 29 November 2021 to 10 December 2021");
    paper
        .space(10.0)
        .flow(LEFT, 12.0, true, "Lead inspector: Robin Quayle, His Majesty’s Inspector")
        .space(20.0);
    let y = paper.y();
    paper.at(LEFT + 6.0, y, 12.0, true, "Judgement").at(395.0, y, 12.0, true, "Grade").space(28.0);
    paper
}

fn five_judgements(paper: &mut Paper) {
    table(
        paper,
        395.0,
        &[
            (
                &["The impact of leaders on social work practice with", "children and families"],
                &["Requires improvement", "to be good"],
            ),
            (&["The experiences and progress of children who need help", "and protection"], &["Inadequate"]),
            (&["The experiences and progress of children in care"], &["Good"]),
            (&["The experiences and progress of care", "leavers"], &["Outstanding"]),
            (&["Overall effectiveness"], &["Requires improvement", "to be good"]),
        ],
    );
    paper.space(18.0);
    paper.paragraph("The harbour is well kept. Good progress was made with lamps, and monitoring visits found the bells in order. Boats come home in time.");
}

#[test]
fn a_report_since_2023_with_five_judgements_and_bullets_over_a_page() {
    let mut paper = ilacs_front(true);
    five_judgements(&mut paper);
    paper.page();
    paper.paragraph("Rotas are kept by hand. The quay is swept each night, and those who sweep it know why. This is good. It was so before and it will be so again, as far as anybody can tell from the books that are kept.");
    paper.at(
        LEFT,
        770.0,
        10.0,
        false,
        "1 The areas for improvement have been set beside the chart of the coast.",
    );
    paper.down_to(640.0);
    let y = paper.space(14.0).y();
    paper.heading(14.0, "What needs to improve?").mark(236.0, y, "1");
    paper.item(LEFT, "■", "The keeping of lamps in multi-agency harbours, and the response of those who see that one is out, so that no boat is left without light.");
    paper.item(LEFT, "■", "The rota for short- and longer-term berths.");
    paper.item(LEFT, "■", "The reach of bells. (Outcome three)");
    paper
        .flow(
            LEFT,
            12.0,
            true,
            "The experiences and progress of children who need help and protection: inadequate",
        )
        .space(10.0);
    paper.item(LEFT, "1.", "Boats are told of storms in time.");
    let report = report(&paper);

    assert_eq!(report.authority, "Harbourshire");
    assert_eq!(report.framework, Framework::Ilacs);
    assert_eq!(report.inspection_started.unwrap().to_string(), "2021-11-29");
    assert_eq!(report.inspection_ended.unwrap().to_string(), "2021-12-10");
    assert_eq!(report.published, None);
    assert_eq!(
        grades(&report),
        [
            (JudgementArea::LeadersImpact, Grade::RequiresImprovement),
            (JudgementArea::HelpAndProtection, Grade::Inadequate),
            (JudgementArea::ChildrenInCare, Grade::Good),
            (JudgementArea::CareLeavers, Grade::Outstanding),
            (JudgementArea::OverallEffectiveness, Grade::RequiresImprovement),
        ]
    );
    assert_eq!(report.judgements[0].printed_grade, "Requires improvement to be good");
    assert_eq!(
        report.judgements[1].printed_area,
        "The experiences and progress of children who need help and protection"
    );
    assert_eq!(
        texts(&report),
        [
            "The keeping of lamps in multi-agency harbours, and the response of those who see that one is out, so that no boat is left without light.",
            "The rota for short- and longer-term berths.",
            "The reach of bells. (Outcome three)",
        ]
    );
    assert!(
        report
            .recommendations
            .iter()
            .all(|item| item.n.is_none() && !item.immediate && item.part == Part::LocalAuthority)
    );
    let pages: Vec<(u32, bool)> =
        report.recommendations.iter().map(|item| (item.page, item.spans_pages)).collect();
    assert_eq!(
        pages,
        [(2, false), (2, false), (3, false)],
        "what stands at the foot of a page is not in the text"
    );
}

#[test]
fn a_report_of_2018_with_four_judgements_and_a_list_under_topics() {
    let mut paper = Paper::default();
    paper.flow(LEFT, 26.0, false, "Quay and Strand Borough Council").space(10.0);
    paper.flow(LEFT, 16.0, true, "Inspection of children’s social care services").space(10.0);
    paper.flow(LEFT, 12.0, true, "Inspection dates: 12–16 March 2018").space(30.0);
    table(
        &mut paper,
        395.0,
        &[
            (&["The experiences and progress of children who need help", "and protection"], &["Good"]),
            (
                &["The experiences and progress of children in care and", "care leavers"],
                &["Requires", "Improvement"],
            ),
            (&["The impact of leaders on social work practice with", "children and families"], &["Good"]),
            (&["Overall effectiveness"], &["Good"]),
        ],
    );
    paper.page();
    paper.heading(14.0, "What needs to improve:");
    paper.flow(LEFT, 12.0, true, "Lamps").space(6.0);
    paper.item(LEFT, "•", "oil and wicks").item(LEFT, "•", "the lamp at the pier’s end");
    paper.flow(LEFT, 12.0, true, "Bells").space(6.0);
    paper.item(LEFT, "•", "ropes.");
    paper.heading(14.0, "The experiences and progress of children who need help and protection is good");
    paper.item(LEFT, "1.", "Nothing more is asked for here.");
    let report = report(&paper);

    assert_eq!(
        (report.authority.as_str(), report.authority_key.as_str()),
        ("Quay and Strand Borough Council", "quay and strand")
    );
    assert_eq!(report.framework, Framework::Ilacs);
    assert_eq!(report.inspection_type_derived.unwrap().as_str(), "short");
    assert_eq!(report.judgements.len(), 4);
    assert!(
        grades(&report).contains(&(JudgementArea::ChildrenInCareAndCareLeavers, Grade::RequiresImprovement))
    );
    assert_eq!(texts(&report), ["oil and wicks", "the lamp at the pier’s end", "ropes."]);
    let topics: Vec<Option<&str>> = report.recommendations.iter().map(|item| item.topic.as_deref()).collect();
    assert_eq!(topics, [Some("Lamps"), Some("Lamps"), Some("Bells")]);
    assert_eq!(report.recommendations[0].section.as_deref(), Some("What needs to improve:"));
}

fn sif_front(title: &str, overall: &[&str]) -> Paper {
    let mut paper = Paper::default();
    paper.flow(LEFT, 26.0, false, "Harbourshire County Council").space(10.0);
    paper.flow(LEFT, 14.0, true, title).space(10.0);
    paper.flow(LEFT, 14.0, false, "Inspection date: 6 March to 30 March 2017").space(10.0);
    paper.flow(LEFT, 14.0, false, "Report published: 13 June 2017").space(20.0);
    for line in overall {
        paper.flow(LEFT, 14.0, true, line);
    }
    paper.space(14.0);
    table(
        &mut paper,
        388.0,
        &[
            (&["1. Children who need help and protection"], &["Requires improvement"]),
            (&["2. Children looked after and achieving", "permanence"], &["Good"]),
            (&["2.1 Adoption performance"], &["Outstanding"]),
            (&["2.2 Experiences and progress of care leavers"], &["Good"]),
            (&["3. Leadership, management and governance"], &["Inadequate"]),
        ],
    );
    paper
}

const SIF: &str = "Inspection of services for children in need of help and protection, children looked after and care leavers";

#[test]
fn a_single_inspection_with_a_list_for_the_authority_and_one_for_the_board() {
    let mut paper = sif_front(
        &format!("{SIF} and Review of the effectiveness of the Local Safeguarding Children Board"),
        &["Children’s services in Harbourshire require", "improvement to be good"],
    );
    paper.page().heading(26.0, "Contents");
    for (entry, page) in [
        ("The local authority", "3"),
        ("Recommendations", "8"),
        ("The Local Safeguarding Children Board (LSCB)", "39"),
        ("Recommendations", "40"),
    ] {
        let y = paper.y();
        paper.at(LEFT, y, 14.0, false, entry).at(514.0, y, 14.0, false, page).space(24.0);
    }
    paper.page().heading(14.0, "Recommendations");
    paper.item(LEFT, "1.", "Take immediate action to mend the lamp at the pier (paragraphs 33, 34).");
    paper.item(LEFT, "2.", "Do what was left from the last visit:");
    paper.item(LEFT + 28.0, "■", "sweep the quay (paragraph 54)");
    paper.item(LEFT + 28.0, "■", "ring the bell (page 12, paragraph 17).");
    paper.down_to(715.0);
    paper.item(LEFT, "3.", "Keep the rota of those who look after the light through the night, in all weathers, without leaving gaps, and write down for each of the nights who was there, who was not, and who came instead (paragraph 60). What is written down is to be kept for as long as anybody may ask.");
    paper.item(LEFT, "4.", "Say what immediate needs there are");
    paper.heading(14.0, "Summary for children and young people");
    paper.item(LEFT, "■", "The harbour is a good place.");
    paper.page().heading(16.0, "The Local Safeguarding Children Board (LSCB)");
    paper.heading(14.0, "The Local Safeguarding Children Board requires improvement");
    paper.heading(14.0, "Executive summary").paragraph("The board meets.");
    paper.heading(14.0, "Recommendations");
    paper.item(LEFT, "88.", "HSCB should urgently count its lamps.");
    paper.item(LEFT, "89.", "Ensure that the board has a bell.");
    paper.heading(14.0, "Inspection findings – the Local Safeguarding Children Board");
    paper.item(LEFT, "90.", "The board has no bell.");
    let report = report(&paper);

    assert_eq!(report.framework, Framework::Sif);
    assert_eq!(report.published.unwrap().to_string(), "2017-06-13");
    assert_eq!(report.inspection_dates_printed.as_deref(), Some("6 March to 30 March 2017"));
    assert_eq!(
        grades(&report),
        [
            (JudgementArea::OverallEffectiveness, Grade::RequiresImprovement),
            (JudgementArea::HelpAndProtection, Grade::RequiresImprovement),
            (JudgementArea::ChildrenInCare, Grade::Good),
            (JudgementArea::Adoption, Grade::Outstanding),
            (JudgementArea::CareLeavers, Grade::Good),
            (JudgementArea::LeadershipManagementGovernance, Grade::Inadequate),
            (JudgementArea::Lscb, Grade::RequiresImprovement),
        ]
    );
    assert_eq!(
        report.judgements[0].printed_area,
        "Children’s services in Harbourshire require improvement to be good"
    );
    let numbers: Vec<(Option<u32>, Part)> =
        report.recommendations.iter().map(|item| (item.n, item.part)).collect();
    let (own, board) = (Part::LocalAuthority, Part::Lscb);
    assert_eq!(
        numbers,
        [
            (Some(1), own),
            (Some(2), own),
            (Some(3), own),
            (Some(4), own),
            (Some(88), board),
            (Some(89), board)
        ]
    );
    let items = &report.recommendations;
    assert_eq!(
        (items[0].immediate_from, items[0].urgency_printed.as_deref()),
        (Some(UrgentBy::Text), Some("Take immediate action"))
    );
    assert_eq!(items[0].paragraph_refs, [33, 34]);
    assert_eq!(
        items[1].text,
        "Do what was left from the last visit: sweep the quay (paragraph 54) ring the bell (page 12, paragraph 17)."
    );
    assert_eq!(
        items[1].sub_items,
        ["sweep the quay (paragraph 54)", "ring the bell (page 12, paragraph 17)."]
    );
    assert_eq!(items[1].paragraph_refs, [54, 17]);
    assert!(items[2].spans_pages && items[2].page == 3, "it runs over the turn of the page");
    assert!(!items[3].immediate, "immediate needs are no urgency");
    assert_eq!(items[4].addressee.as_deref(), Some("HSCB"));
    assert_eq!(items[4].addressee_from, Some(AddressedBy::Text));
    assert!(items[4].immediate);
}

#[test]
fn a_report_of_2014_with_urgent_actions_apart_and_topics_between_numbers() {
    let mut paper = sif_front(SIF, &["The overall judgement is that children’s services are", "inadequate"]);
    paper.page().heading(16.0, "What does the local authority need to improve?");
    paper.heading(14.0, "Priority and immediate action");
    paper.item(LEFT, "1.", "Mend the lamp.");
    paper.heading(14.0, "Areas for improvement");
    paper.flow(LEFT, 12.0, true, "Leadership, management and governance").space(6.0);
    paper.item(LEFT, "2.", "Keep the books.");
    paper.flow(LEFT, 12.0, true, "Help and protection").space(6.0);
    paper.item(LEFT, "3)", "Answer the bell.");
    paper.heading(16.0, "The local authority’s strengths");
    paper.item(LEFT, "4.", "The quay is swept.");
    let report = report(&paper);

    assert_eq!(report.judgements[0].grade, Grade::Inadequate);
    assert_eq!(texts(&report), ["Mend the lamp.", "Keep the books.", "Answer the bell."]);
    let [urgent, books, bell] = report.recommendations.as_slice() else { unreachable!() };
    assert_eq!((urgent.immediate, urgent.immediate_from), (true, Some(UrgentBy::Heading)));
    assert_eq!(urgent.section.as_deref(), Some("Priority and immediate action"));
    assert_eq!(urgent.section_parent.as_deref(), Some("What does the local authority need to improve?"));
    assert_eq!(
        (books.immediate, books.topic.as_deref()),
        (false, Some("Leadership, management and governance"))
    );
    assert_eq!((bell.n, bell.topic.as_deref()), (Some(3), Some("Help and protection")));
    assert_eq!(
        (bell.addressee.as_deref(), bell.addressee_from),
        (Some("the local authority"), Some(AddressedBy::Heading))
    );
}

#[test]
fn a_list_begun_by_a_sentence_and_divided_by_times() {
    let mut paper = sif_front(
        &format!("Re-{}", SIF.replace("Inspection", "inspection")),
        &["Children’s services in Harbourshire are good"],
    );
    paper.page().heading(14.0, "Areas for improvement");
    paper.paragraph("In order to improve, the local authority and its partners should:");
    paper.flow(LEFT, 12.0, true, "Immediately:").space(6.0);
    paper.item(LEFT, "•", "mend the lamp").item(LEFT, "•", "ring the bell");
    paper.flow(LEFT, 12.0, true, "Within three months:").space(6.0);
    paper.item(LEFT, "•", "sweep the quay.");
    paper.heading(14.0, "Executive summary");
    let report = report(&paper);
    assert_eq!(report.framework, Framework::SifReinspection);
    let urgent: Vec<(bool, &str)> =
        report.recommendations.iter().map(|item| (item.immediate, item.text.as_str())).collect();
    assert_eq!(urgent, [(true, "mend the lamp"), (true, "ring the bell"), (false, "sweep the quay.")]);
}

#[test]
fn an_empty_list_is_a_report_with_nothing_to_recommend_and_no_list_is_said() {
    let mut paper = ilacs_front(false);
    five_judgements(&mut paper);
    let mut none = ilacs_front(false);
    five_judgements(&mut none);
    paper.page().heading(14.0, "What needs to improve?");
    paper.paragraph("There are no recommendations for this harbour.");
    for paper in [&mut paper, &mut none] {
        paper.heading(14.0, "The experiences and progress of care leavers: outstanding");
        paper.item(LEFT, "1.", "Boats come home.");
    }
    let empty = report(&paper);
    assert_eq!((empty.recommendations.len(), empty.judgements.len()), (0, 5));
    assert!(!empty.has_no_section());
    let absent = report(&none);
    assert_eq!(absent.recommendations.len(), 0);
    assert!(absent.has_no_section());
    assert!(
        absent.notes.iter().any(|note| note.contains("no section with recommendations")),
        "{:?}",
        absent.notes
    );
}

#[test]
fn one_item_alone_is_a_list() {
    let mut paper = ilacs_front(false);
    five_judgements(&mut paper);
    paper.page().heading(14.0, "What needs to improve?").item(LEFT, "■", "The lamp.");
    paper.heading(12.0, "The experiences and progress of care leavers: outstanding").item(
        LEFT,
        "1.",
        "Boats come home.",
    );
    assert_eq!(texts(&report(&paper)), ["The lamp."]);
}

/// Two reports that are also kept as files, for what takes files: the command line, and the seeds for fuzzing.
fn kept() -> [(&'static str, Vec<u8>); 2] {
    let mut ilacs = Paper::default();
    ilacs.flow(LEFT, 26.0, false, "Inspection of Westshire local authority children’s services").space(10.0);
    ilacs.flow(LEFT, 12.0, true, "Inspection dates: 12 to 23 June 2023").space(20.0);
    five_judgements(&mut ilacs);
    ilacs.page().heading(14.0, "What needs to improve?");
    ilacs.item(LEFT, "■", "The keeping of lamps in multi-agency harbours.").item(LEFT, "■", "The rota.");
    ilacs.heading(14.0, "The experiences and progress of care leavers: outstanding").item(
        LEFT,
        "1.",
        "Boats come home.",
    );
    let mut sif = sif_front(SIF, &["Children’s services in Westshire are inadequate"]);
    sif.page().heading(14.0, "Recommendations");
    sif.item(LEFT, "1.", "Take immediate action to mend the lamp (paragraph 33).");
    sif.item(LEFT, "2.", "Do what was left:").item(LEFT + 28.0, "■", "sweep the quay.");
    sif.page().heading(16.0, "The Local Safeguarding Children Board (LSCB)");
    sif.heading(14.0, "The Local Safeguarding Children Board is good").heading(14.0, "Recommendations");
    sif.item(LEFT, "1.", "WSCB should count its lamps.");
    sif.heading(14.0, "Inspection findings").item(LEFT, "2.", "The board meets.");
    [("ilacs", ilacs.bytes()), ("sif", sif.bytes())]
}

#[test]
fn the_files_that_are_kept_are_these_reports() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/report_pdf");
    for (name, bytes) in kept() {
        let path = folder.join(name);
        // Written anew by: WRITE_KEPT=1 cargo test -p import kept
        if std::env::var_os("WRITE_KEPT").is_some() {
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(std::fs::read(&path).unwrap() == bytes, "{name} is another file: write it anew");
    }
    let [_, (_, sif)] = kept();
    let report = read(&sif, &mut |_, _| {}).unwrap();
    let numbers: Vec<(Option<u32>, Part)> =
        report.recommendations.iter().map(|item| (item.n, item.part)).collect();
    assert_eq!(
        numbers,
        [(Some(1), Part::LocalAuthority), (Some(2), Part::LocalAuthority), (Some(1), Part::Lscb)]
    );
}

#[test]
fn an_empty_list_of_the_board_takes_nothing_from_what_follows() {
    let mut paper = sif_front(SIF, &["Children’s services in Harbourshire are good"]);
    paper.page().heading(26.0, "Contents");
    for page in ["3", "8", "39"] {
        let y = paper.y();
        paper.at(LEFT, y, 14.0, false, "Recommendations").at(514.0, y, 14.0, false, page).space(24.0);
    }
    paper.heading(16.0, "The Local Safeguarding Children Board (LSCB)");
    paper.page().heading(14.0, "Recommendations").heading(14.0, "The local authority");
    paper.item(LEFT, "1.", "Mend the lamp.");
    paper.page().heading(16.0, "The Local Safeguarding Children Board (LSCB)");
    paper
        .heading(14.0, "Recommendations")
        .heading(14.0, "Inspection findings – the Local Safeguarding Children Board");
    for _ in 0..4 {
        paper.paragraph("The board meets in the old lamp house by the quay, four times a year, and writes down what was said there, by whom and why.");
    }
    paper.item(LEFT, "90.", "The board has no bell.");
    let report = report(&paper);
    assert_eq!(texts(&report), ["Mend the lamp."]);
    assert_eq!(report.recommendations[0].part, Part::LocalAuthority, "a table of contents begins no part");
}
