//! From lines to recommendations: where a list begins, what its items are, where it ends.
//!
//! All that decides is layout and words that every report of a family has: a list begins under a heading that is known, its items
//! begin with marks in one column, and it ends at a heading that is as high as its own or begins another section.

use super::furniture::{Body, Text};
use super::heading::{Heading, Meaning};
use super::item;
use super::marker::{self, Kind, Marker};
use super::model::{AddressedBy, Part, Recommendation, UrgentBy};
use super::title::unmarked;
use crate::pdf::Word;

/// Marks this close below each other, in points, stand in one column.
const COLUMN: f32 = 6.0;

/// What the lists of a report hold.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub recommendations: Vec<Recommendation>,
    /// How many lists were begun, empty ones too.
    pub sections: usize,
    /// Whether items were told apart by paragraphs only, for want of marks.
    pub is_unmarked: bool,
}

/// A list being read.
struct List {
    section: String,
    parent: Option<String>,
    topic: Option<String>,
    rank: f32,
    part: Part,
    is_urgent: bool,
    heading_addressee: Option<String>,
    lead_in_addressee: Option<String>,
    items: Vec<Draft>,
    /// Lines that stand before the first mark, by paragraph.
    loose: Vec<Vec<(Vec<Word>, u32)>>,
    /// Whether something other than an item followed: what comes after that is no item.
    is_over: bool,
}

/// An item being read.
struct Draft {
    mark: Marker,
    topic: Option<String>,
    lead_in: Option<String>,
    /// Its own lines, and those of its sub-items.
    parts: Vec<Vec<(Vec<Word>, u32)>>,
    /// The marks of its sub-items.
    subs: Vec<Marker>,
}

/// Reads all lists. `part` is whose report it is to begin with.
pub(super) fn read(body: &Body<'_>, headings: &[Heading], part: Part) -> Lists {
    let mut reader = Reader { part, above: None, list: None, out: Lists::default() };
    let first_page = body.lines.first().map_or(1, |text| text.page);
    let mut place = 0;
    let mut next = 0;
    while place < body.lines.len() {
        while headings.get(next).is_some_and(|heading| heading.lines.0 < place) {
            next += 1;
        }
        match headings.get(next).filter(|heading| heading.lines.0 == place) {
            Some(heading) => {
                reader.heading(heading, body, first_page);
                place = heading.lines.1.max(place + 1);
            }
            None => {
                place += reader.line(body, place);
            }
        }
    }
    reader.close();
    reader.out
}

struct Reader {
    part: Part,
    /// The heading that has lists under it, and its rank.
    above: Option<(String, f32)>,
    list: Option<List>,
    out: Lists,
}

impl Reader {
    fn heading(&mut self, heading: &Heading, body: &Body<'_>, first_page: u32) {
        match &heading.meaning {
            Meaning::List => {
                self.close();
                self.above = Some((heading.printed.clone(), heading.rank));
                // "What does the LSCB need to improve?" says whose it is.
                self.part = super::heading::part(&heading.text).unwrap_or(self.part);
                self.begin(heading, None, false);
            }
            Meaning::SubList { is_urgent } => {
                // What stands between "What does ... need to improve?" and the first of its lists introduces them.
                if self.list.as_ref().is_some_and(|list| list.items.is_empty() && list.parent.is_none()) {
                    self.list = None;
                    self.out.sections -= 1;
                }
                self.close();
                let parent = self.above.as_ref().map(|(words, _)| words.clone());
                self.begin(heading, parent, *is_urgent);
            }
            Meaning::Part(part) if heading.page != first_page => {
                let is_topic = self.list.as_ref().is_some_and(|list| heading.rank < list.rank - 0.3);
                let open = self.list.as_mut().filter(|list| {
                    list.items.is_empty()
                        && !super::heading::ends(&heading.text)
                        && next_mark(body, heading.lines.1).is_some()
                });
                if let Some(list) = open {
                    // "Recommendations" and then "The local authority": whose list begins now.
                    self.part = *part;
                    list.part = *part;
                } else if is_topic {
                    self.divide(heading, body);
                } else {
                    self.close();
                    self.above = None;
                    self.part = *part;
                }
            }
            Meaning::End | Meaning::Part(_) => {
                self.close();
                self.above = None;
            }
            Meaning::Other => self.divide(heading, body),
        }
    }

    /// A heading of no known meaning divides a list if it is lower than the list's own and the list goes on after it; else it ends it.
    fn divide(&mut self, heading: &Heading, body: &Body<'_>) {
        let Some(list) = &mut self.list else { return };
        let top = self.above.as_ref().map_or(list.rank, |(_, rank)| rank.max(list.rank));
        let after = next_mark(body, heading.lines.1);
        let goes_on =
            match (list.items.last().map(|item| item.mark.kind), after.as_ref().map(|mark| mark.kind)) {
                (_, None) => false,
                (None, Some(_)) => heading.rank < top - 0.3,
                (Some(Kind::Number(last)), Some(Kind::Number(number))) => {
                    number == last + 1 || (number == 1 && heading.rank < top - 0.3)
                }
                (Some(last), Some(kind)) => {
                    std::mem::discriminant(&last) == std::mem::discriminant(&kind) && heading.rank < top - 0.3
                }
            };
        if goes_on && !list.is_over {
            list.topic = Some(heading.text.clone());
            list.lead_in_addressee = None;
            list.loose.clear();
        } else {
            self.close();
            self.above = None;
        }
    }

    fn begin(&mut self, heading: &Heading, parent: Option<String>, is_urgent: bool) {
        self.out.sections += 1;
        let by_heading = item::heading_addressee(&heading.text)
            .or_else(|| parent.as_deref().and_then(item::heading_addressee));
        self.list = Some(List {
            section: heading.printed.clone(),
            parent,
            topic: None,
            rank: heading.rank,
            part: self.part,
            is_urgent,
            heading_addressee: by_heading,
            lead_in_addressee: None,
            items: Vec::new(),
            loose: Vec::new(),
            is_over: false,
        });
    }

    /// Takes up a line; returns how many it took.
    fn line(&mut self, body: &Body<'_>, place: usize) -> usize {
        let (Some(list), Some(text)) = (&mut self.list, body.lines.get(place)) else { return 1 };
        if list.is_over {
            return 1;
        }
        match marker::of(text).filter(|mark| list.is_mark(mark)) {
            Some(mark) => {
                list.mark(mark, text);
                1
            }
            None => list.words(body, place),
        }
    }

    fn close(&mut self) {
        let Some(list) = self.list.take() else { return };
        if list.items.is_empty() {
            self.paragraphs(&list);
        }
        for draft in &list.items {
            let order = self.out.recommendations.len() + 1;
            let item = list.finish(draft, order);
            // A bullet beside no words is a stray mark. A number is not: that its words are missing is said.
            if !item.text.is_empty() || item.n.is_some() {
                self.out.recommendations.push(item);
            }
        }
    }

    /// The paragraphs of a list without marks, each an item; none where they only say that there is none.
    fn paragraphs(&mut self, list: &List) {
        let says_none = |text: &str| {
            let folded = super::words::folded(text);
            let begins = [
                "none",
                "there are no ",
                "no recommendations",
                "no areas",
                "not applicable",
                "n/a",
                "there were no ",
                "inspectors have made no ",
                "inspectors made no ",
                "this inspection has made no ",
            ];
            begins.iter().any(|words| folded.starts_with(words))
        };
        let texts: Vec<(String, u32, u32)> = list
            .loose
            .iter()
            .filter_map(|lines| {
                let text = item::text(lines.iter().map(|(words, _)| words.as_slice()));
                let (first, last) = (lines.first()?.1, lines.last()?.1);
                (!text.is_empty() && !text.ends_with(':')).then_some((text, first, last))
            })
            .collect();
        if texts.iter().any(|(text, ..)| says_none(text)) {
            return;
        }
        for (text, first, last) in texts {
            self.out.is_unmarked = true;
            let order = self.out.recommendations.len() + 1;
            self.out.recommendations.push(list.made(Made {
                n: None,
                order,
                text,
                pages: (first, last),
                topic: list.topic.clone(),
                lead_in: list.lead_in_addressee.clone(),
                sub_items: Vec::new(),
            }));
        }
    }
}

/// What is known of an item when it ends.
struct Made {
    n: Option<u32>,
    order: usize,
    text: String,
    pages: (u32, u32),
    topic: Option<String>,
    lead_in: Option<String>,
    sub_items: Vec<String>,
}

impl List {
    /// Whether a mark can be one of this list's, and not a part of a sentence or the number of a paragraph after it.
    fn is_mark(&self, mark: &Marker) -> bool {
        let Some(last) = self.items.last() else {
            return !matches!(mark.kind, Kind::Letter);
        };
        match mark.kind {
            Kind::Bullet => true,
            Kind::Number(_) => self.is_top(mark) || (mark.x > last.mark.x + COLUMN && last.ends_open()),
            Kind::Letter => mark.x > last.mark.x + COLUMN || last.ends_open() || last.has_sub(mark),
            Kind::Dash => {
                self.is_top(mark) && last.mark.kind == Kind::Dash
                    || last.ends_open()
                    || last.has_sub(mark)
                    || (mark.x > last.mark.x + COLUMN && mark.is_set_off())
            }
        }
    }

    /// Whether a mark stands in the column of this list's items.
    fn is_top(&self, mark: &Marker) -> bool {
        self.items.last().is_none_or(|last| {
            (mark.x - last.mark.x).abs() <= COLUMN || (mark.text_x - last.mark.text_x).abs() <= 2.0
        })
    }

    fn mark(&mut self, mark: Marker, text: &Text<'_>) {
        let line = (mark.rest.clone(), text.page);
        let is_top = self.is_top(&mark);
        let Some(last) = self.items.last_mut() else {
            self.settle_lead_in();
            self.push(mark, line);
            return;
        };
        let is_same = std::mem::discriminant(&last.mark.kind) == std::mem::discriminant(&mark.kind);
        let is_sub = if is_top {
            !is_same && (last.ends_open() || last.has_sub(&mark) || mark.kind == Kind::Letter)
        } else {
            mark.x > last.mark.x
        };
        if is_sub {
            last.parts.push(vec![line]);
            last.subs.push(mark);
        } else if matches!(mark.kind, Kind::Number(_)) && !is_same {
            // Numbered paragraphs after a list of bullets are the text of the report.
            self.is_over = true;
        } else {
            self.push(mark, line);
        }
    }

    fn push(&mut self, mark: Marker, line: (Vec<Word>, u32)) {
        let (topic, lead_in) = (self.topic.clone(), self.lead_in_addressee.clone());
        self.items.push(Draft { mark, topic, lead_in, parts: vec![vec![line]], subs: Vec::new() });
    }

    /// What stands between the heading and the first mark: a sentence that says who should, or a topic.
    fn settle_lead_in(&mut self) {
        let paragraphs = std::mem::take(&mut self.loose);
        let Some(last) = paragraphs.last() else { return };
        self.lead_in(&item::text(last.iter().map(|(words, _)| words.as_slice())));
    }

    fn lead_in(&mut self, sentence: &str) {
        if let Some(body) = item::lead_in_addressee(sentence) {
            self.lead_in_addressee = Some(body);
        } else if item::is_urgent_heading(sentence) && sentence.len() <= 60 {
            self.topic = Some(sentence.to_owned());
        } else if sentence.len() <= 90 && !sentence.ends_with(['.', ';']) && sentence.split(' ').count() <= 12
        {
            self.topic = Some(sentence.trim_end_matches(':').to_owned());
        }
    }

    /// Takes up a line without a mark: it goes on with an item, leads to others, or ends the list. Returns how many lines it took.
    fn words(&mut self, body: &Body<'_>, place: usize) -> usize {
        let Some(text) = body.lines.get(place) else { return 1 };
        let line = (text.line.words.clone(), text.page);
        let above = place.checked_sub(1).and_then(|above| body.lines.get(above));
        let gap = above.filter(|above| above.page == text.page).map(|above| text.line.y - above.line.y);
        let is_hanging = self.is_hanging();
        let Some(last) = self.items.last_mut() else {
            let is_same = gap.is_some_and(|gap| gap <= 1.5 * text.size);
            match self.loose.last_mut() {
                Some(paragraph) if is_same => paragraph.push(line),
                _ => self.loose.push(vec![line]),
            }
            return 1;
        };
        let indent = last.subs.last().map_or(last.mark.text_x, |sub| sub.text_x.min(last.mark.text_x));
        // Over the turn of a page there is no gap to see: a sentence that has not ended goes on.
        let is_close = gap.map_or_else(|| !last.is_sentence(), |gap| gap <= 1.5 * text.size);
        if text.x() >= indent - 4.0 || (is_close && !is_hanging) || last.is_number_alone() {
            if let Some(part) = last.parts.last_mut() {
                part.push(line);
            }
            return 1;
        }
        self.between(body, place)
    }

    /// A paragraph at the margin: with a colon, or short and followed by an item, it leads to the next items; else the list is over.
    fn between(&mut self, body: &Body<'_>, place: usize) -> usize {
        const LONGEST: usize = 4;
        let mut lines: Vec<&Text<'_>> = Vec::new();
        for (offset, text) in body.lines.iter().skip(place).take(LONGEST + 1).enumerate() {
            if offset > 0 && marker::of(text).is_some() {
                break;
            }
            lines.push(text);
        }
        let sentence = item::text(lines.iter().map(|text| text.line.words.as_slice()));
        let after = body.lines.get(place + lines.len()).and_then(marker::of);
        let kind = self.items.last().map(|item| item.mark.kind);
        let goes_on = match (kind, after.map(|mark| mark.kind)) {
            (Some(Kind::Number(last)), Some(Kind::Number(number))) => number == last + 1 || number == 1,
            (Some(Kind::Bullet), Some(Kind::Bullet)) | (Some(Kind::Dash), Some(Kind::Dash)) => true,
            _ => false,
        };
        let is_lead = sentence.ends_with(':')
            || (lines.len() == 1 && sentence.len() <= 90 && !sentence.ends_with(['.', ';', ',']));
        if lines.len() <= LONGEST && goes_on && is_lead {
            self.lead_in_addressee = None;
            self.lead_in(&sentence);
            return lines.len();
        }
        self.is_over = true;
        1
    }

    /// Whether the items' words stand in a column of their own, to the right of the marks.
    fn is_hanging(&self) -> bool {
        self.items.iter().any(|item| {
            let own = item.parts.first().into_iter().flatten().skip(1);
            own.filter_map(|(words, _)| words.first()).any(|word| {
                (word.x.0 - item.mark.text_x).abs() <= 4.0 && item.mark.text_x > item.mark.x + 4.0
            })
        })
    }

    fn finish(&self, draft: &Draft, order: usize) -> Recommendation {
        let text = |lines: &[(Vec<Word>, u32)]| item::text(lines.iter().map(|(words, _)| words.as_slice()));
        let parts: Vec<String> = draft.parts.iter().map(|part| text(part)).collect();
        let pages = draft.parts.iter().flatten().map(|(_, page)| *page);
        let (first, last) =
            pages.fold((u32::MAX, 0), |(first, last), page| (first.min(page), last.max(page)));
        self.made(Made {
            n: match draft.mark.kind {
                Kind::Number(number) => Some(number),
                _ => None,
            },
            order,
            text: parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" "),
            pages: (first, last),
            topic: draft.topic.clone(),
            lead_in: draft.lead_in.clone(),
            sub_items: parts.into_iter().skip(1).collect(),
        })
    }

    fn made(&self, made: Made) -> Recommendation {
        let urgent_topic = made.topic.as_deref().filter(|topic| item::is_urgent_heading(topic));
        let by_heading = self.is_urgent.then_some(self.section.as_str()).or(urgent_topic);
        let (immediate_from, urgency_printed) = match by_heading {
            Some(words) => (Some(UrgentBy::Heading), Some(words.to_owned())),
            None => match item::urgency(&made.text) {
                Some(words) => (Some(UrgentBy::Text), Some(words)),
                None => (None, None),
            },
        };
        let addressed = item::addressee(&made.text)
            .map(|body| (body, AddressedBy::Text))
            .or_else(|| made.lead_in.map(|body| (body, AddressedBy::LeadIn)))
            .or_else(|| self.heading_addressee.clone().map(|body| (body, AddressedBy::Heading)));
        let (addressee, addressee_from) = addressed.map_or((None, None), |(body, by)| (Some(body), Some(by)));
        Recommendation {
            n: made.n,
            order: u32::try_from(made.order).unwrap_or(u32::MAX),
            immediate: immediate_from.is_some(),
            immediate_from,
            urgency_printed,
            part: self.part,
            addressee,
            section: Some(self.section.clone()),
            section_parent: self.parent.clone(),
            topic: made.topic,
            page: made.pages.0,
            spans_pages: made.pages.1 > made.pages.0,
            paragraph_refs: item::paragraph_refs(&made.text),
            sub_items: made.sub_items,
            addressee_from,
            text: made.text,
        }
    }
}

impl Draft {
    /// Whether what was read so far leads to a list.
    fn ends_open(&self) -> bool {
        let own = self.parts.first().and_then(|lines| lines.last()).and_then(|(words, _)| words.last());
        self.subs.is_empty() && own.is_some_and(|word| word.text.ends_with(':'))
    }

    /// Whether what was read so far ends as a sentence.
    fn is_sentence(&self) -> bool {
        let last = self.parts.iter().flatten().next_back().and_then(|(words, _)| words.last());
        last.is_some_and(|word| word.text.ends_with('.'))
    }

    /// Whether its last sub-item begins in the same way.
    fn has_sub(&self, mark: &Marker) -> bool {
        self.subs.last().is_some_and(|sub| {
            std::mem::discriminant(&sub.kind) == std::mem::discriminant(&mark.kind)
                && (sub.x - mark.x).abs() <= COLUMN
        })
    }

    /// Whether only its number was read so far.
    fn is_number_alone(&self) -> bool {
        self.parts.iter().flatten().all(|(words, _)| words.is_empty())
    }
}

/// The mark of the first line that has one, within the next few lines.
fn next_mark(body: &Body<'_>, from: usize) -> Option<Marker> {
    const NEAR: usize = 4;
    let next = body.lines.get(from..)?.iter().take(NEAR);
    for text in next {
        if let Some(mark) = marker::of(text) {
            return Some(mark);
        }
        // What ends as a sentence does no longer lead to a list.
        if unmarked(text).ends_with('.') {
            return None;
        }
    }
    None
}
