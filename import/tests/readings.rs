//! What councils' tables of readings come to.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::measure::{Decimal, Frequency, Period};
use import::readings::{Column, MAX_ROWS, Part, ReadError, Readings, read};
use proptest::prelude::*;

const HEADINGS: &str =
    "Measure,Period,Numerator,Denominator,Value,Dimension,Category,Caveat,Disputed value,Disputed by\n";

fn file(rows: &str) -> Readings {
    read(format!("{HEADINGS}{rows}").as_bytes()).unwrap()
}

fn problems(rows: &str) -> Vec<String> {
    file(rows).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_row_is_a_reading() {
    let readings = file(
        "M4,2018-10,26,94,28%,,,\"Half-term, and two locums left\",31,Audit team\nM4,2018-10,8,20,,Team,North,,,\n",
    );
    assert_eq!(readings.problems, []);
    let [total, part] = readings.rows.as_slice() else { panic!("{readings:?}") };
    assert_eq!((total.line, total.measure.as_str(), part.line), (2, "M4", 3));
    assert_eq!(total.period, Period::beginning(Frequency::Monthly, "2018-10-01".parse().unwrap()).unwrap());
    assert_eq!((total.figures.numerator, total.figures.denominator), (Some(26), Some(94)));
    assert_eq!((total.figures.value, total.figures.disputed), ("28".parse().ok(), "31".parse().ok()));
    assert_eq!(total.caveat.as_deref(), Some("Half-term, and two locums left"));
    assert_eq!(total.disputed_by.as_deref(), Some("Audit team"));
    assert_eq!(part.part, Some(Part { dimension: "Team".into(), category: "North".into() }));
    assert_eq!((part.figures.value, &total.part), (None, &None));
}

#[test]
fn any_spreadsheets_csv_is_read() {
    for text in [
        "\u{FEFF}Measure;Start;End;Value\r\nM4;01/09/2018;30/09/2018;26\r\n;;;\r\n",
        "\n\nMeasure\tPeriod start\tPeriod end\tValue\n\nM4\t2018-09-01\t2018-09-30\t26\n",
        "measure|from|to|value|\nM4|1 September 2018|30 September 2018|26|\n",
    ] {
        let readings = read(text.as_bytes()).unwrap();
        assert_eq!(readings.problems, [], "{text}");
        assert_eq!(readings.rows[0].period.last_day(), "2018-09-30".parse().unwrap());
        assert_eq!(readings.rows.len(), 1);
    }
    let spaced = read(b"\n\nMeasure,Period,Value\n\n,,\nM4,2018-09,26\n").unwrap();
    assert_eq!(spaced.rows[0].line, 6, "lines are counted as an editor does");
    let windows = read(b"Measure,Period,Value,Caveat\nM4,2018,26,\x93not final\x94\n").unwrap();
    assert!(windows.is_encoding_assumed);
    assert_eq!(windows.rows[0].caveat.as_deref(), Some("“not final”"));
}

#[test]
fn every_problem_says_where_what_and_what_would_be_right() {
    let found = problems(
        "M4,2018-13,c,94,1.2345,,,,,\n\
         ,2018-09,,,,Team,,,,Audit team\n\
         \"M4\nagain\",,,,60,,,,,,more\n\
         M4,Q3,,,60,,,,,\n",
    );
    let starts = [
        "line 2, period: \"2018-13\" was not understood; write 2018-09 or Sep 2018 (a month),",
        "line 2, numerator: \"c\" was not understood; write a whole number such as 588,",
        "line 2, value: \"1.2345\" was not understood; write a number such as 59.2,",
        "line 3, measure: no measure is named; write its code",
        "line 3, value: there is no figure; write a value, or a numerator",
        "line 3, category: the cell is empty; write both",
        "line 3, disputed value: somebody disputes the value, but",
        "line 4: cell 11 stands under no heading; put text with commas",
        "line 4, period: the cell is empty; write 2018-09",
        "line 6, period: \"Q3\" was not understood; write",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn a_period_is_whole() {
    let wrong = read(b"Measure,Start,End,Value\nM4,2018-09-03,2018-09-30,26\nM4,2018-09-01,,26\n").unwrap();
    let columns: Vec<_> = wrong.problems.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(columns, [(2, Some(Column::PeriodEnd)), (3, Some(Column::PeriodEnd))]);
}

#[test]
fn the_same_reading_twice_is_found() {
    let found = problems(
        "M4,2018-09,,,60,,,,,\nm4,Sep 2018,,,61,,,,,\nM4,2018-09,,,61,Team,North,,,\nM4,2018-09,,,61,team,north,,,\n",
    );
    assert_eq!(
        found,
        [
            "line 3: the same reading stands on line 2; keep one of the two",
            "line 5: the same reading stands on line 4; keep one of the two"
        ]
    );
}

#[test]
fn a_number_that_identifies_a_person_is_refused_and_not_repeated() {
    for cell in ["Child 943 476 5919 moved", "943 476 5919"] {
        let found = problems(&format!("M4,2018-09,,,60,,,{cell},,\nM4,2018-10,,,{cell},,,,,\n"));
        assert!(found.len() >= 2 && found.iter().all(|text| !text.contains("5919")), "{found:?}");
        assert!(
            found[0].starts_with("line 2, caveat: the cell holds an NHS number; take the number out"),
            "{found:?}"
        );
    }
}

#[test]
fn what_is_no_table_of_readings_is_refused() {
    let refused = |bytes: &[u8]| read(bytes).unwrap_err();
    assert_eq!(refused(b" \n"), ReadError::Empty);
    assert_eq!(refused(HEADINGS.as_bytes()), ReadError::NoRows);
    assert!(matches!(refused(b"PK\x03\x04"), ReadError::Binary { .. }));
    assert_eq!(
        refused(b"Measure,Month,Value\nM4,2018-09,3\n").to_string(),
        "the heading \"Month\" is not known; the first row holds the headings: measure, then period (or period start and period end), \
         then as needed numerator, denominator, value, dimension, category, caveat, disputed value, disputed by"
    );
    let rows = |n: usize| format!("Measure,Period,Value\n{}", "M4,2018-09,3\n".repeat(n));
    assert_eq!(refused(rows(MAX_ROWS + 1).as_bytes()), ReadError::TooManyRows);
    assert_eq!(read(rows(MAX_ROWS).as_bytes()).unwrap().rows.len(), 1);
    let open = format!("Measure,Period,Value\nM4,2018-09,\"3\n{}", "x".repeat(40_000));
    assert_eq!(refused(open.as_bytes()), ReadError::CellTooLong { line: 2 });
}

/// A cell's text, with whatever CSV has to quote.
fn word() -> impl Strategy<Value = String> {
    "[A-Za-zéö][A-Za-zéö,;\"'|]{0,8}[a-zéö]"
}

fn written(delimiter: u8, rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(HEADINGS.trim_end().split(',')).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_cells_make_it_panic(
        cells in prop::collection::vec(
            prop_oneof![
                Just("\"".to_owned()), Just("\n".to_owned()), Just("2018-09".to_owned()), Just("1,234".to_owned()),
                Just("99999999999999999999".to_owned()), Just("Q4 1900/01".to_owned()), Just("2018/19".to_owned()), "\\PC{0,8}",
            ],
            0..60,
        ),
    ) {
        let text = format!("{HEADINGS}{}", cells.join(","));
        if let Ok(readings) = read(text.as_bytes()) {
            for problem in readings.problems {
                prop_assert!(problem.line >= 2 && !problem.wrong.is_empty() && !problem.right.is_empty());
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        rows in prop::collection::vec((word(), 0u32..12, 0i64..5000, 1i64..5000, 0i64..1_000_000, word(), word(), word()), 1..20),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
    ) {
        let cells = rows.iter().enumerate().map(|(at, (measure, month, n, d, value, dimension, category, text))| {
            let value = Decimal::from_thousandths(*value).unwrap().to_string();
            // The number makes each row another reading.
            let period = format!("2018-{:02}", month + 1);
            vec![
                format!("{at}{measure}"), period, n.to_string(), d.to_string(), value.clone(), dimension.clone(), category.clone(),
                text.clone(), value, text.clone(),
            ]
        });
        let cells: Vec<Vec<String>> = cells.collect();
        let readings = read(&written(delimiter, &cells)).unwrap();
        prop_assert_eq!(&readings.problems, &[]);
        let back: Vec<Vec<String>> = readings.rows.into_iter().map(|row| {
            let part = row.part.unwrap();
            let figure = |figure: Option<Decimal>| figure.unwrap().to_string();
            vec![
                row.measure, row.period.first_day().format("%Y-%m").to_string(), row.figures.numerator.unwrap().to_string(),
                row.figures.denominator.unwrap().to_string(), figure(row.figures.value), part.dimension, part.category,
                row.caveat.unwrap(), figure(row.figures.disputed), row.disputed_by.unwrap(),
            ]
        }).collect();
        prop_assert_eq!(back, cells);
    }
}
