//! Writes small PDF files: a page of lines in Helvetica, as plain as the format allows. Invented content only.
#![allow(dead_code, reason = "each test that writes PDFs uses a part of it")]

use std::fmt::Write as _;

/// One text at its place; `y` counts from the top.
struct Piece {
    x: f32,
    y: f32,
    size: f32,
    is_bold: bool,
    is_symbol: bool,
    text: String,
}

/// A document being written, from the top of its first page down.
pub struct Paper {
    pages: Vec<Vec<Piece>>,
    y: f32,
    footer: Option<(String, String)>,
    /// How many characters a full line has at the left margin.
    pub columns: usize,
}

pub const LEFT: f32 = 71.0;
const HEIGHT: f32 = 842.0;
const BOTTOM: f32 = 750.0;
const LEADING: f32 = 1.21;

impl Default for Paper {
    fn default() -> Self {
        Self { pages: vec![Vec::new()], y: 100.0, footer: None, columns: 80 }
    }
}

impl Paper {
    /// Two lines at the foot of every page.
    pub fn footer(&mut self, first: &str, second: &str) -> &mut Self {
        self.footer = Some((first.to_owned(), second.to_owned()));
        self
    }

    /// A text at a place of the page that is being written.
    pub fn at(&mut self, x: f32, y: f32, size: f32, is_bold: bool, text: &str) -> &mut Self {
        let piece = Piece { x, y, size, is_bold, is_symbol: false, text: text.to_owned() };
        self.pages.last_mut().unwrap().push(piece);
        self
    }

    pub fn page(&mut self) -> &mut Self {
        self.pages.push(Vec::new());
        self.y = 100.0;
        self
    }

    pub fn space(&mut self, points: f32) -> &mut Self {
        self.y += points;
        self
    }

    /// Goes down to a height of the page.
    pub fn down_to(&mut self, y: f32) -> &mut Self {
        self.y = self.y.max(y);
        self
    }

    /// The height of the next line.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Words in lines that begin at `x`, each on the page that has room for it.
    pub fn flow(&mut self, x: f32, size: f32, is_bold: bool, text: &str) -> &mut Self {
        let width = ((self.columns as f32) * (540.0 - x) / (540.0 - LEFT) * 12.0 / size) as usize;
        for line in wrapped(text, width) {
            self.room(size);
            let y = self.y;
            self.at(x, y, size, is_bold, &line);
            self.y += LEADING * size;
        }
        self
    }

    fn room(&mut self, size: f32) {
        if self.y + size > BOTTOM {
            self.page();
        }
    }

    pub fn heading(&mut self, size: f32, text: &str) -> &mut Self {
        self.space(14.0).flow(LEFT, size, true, text).space(8.0)
    }

    pub fn paragraph(&mut self, text: &str) -> &mut Self {
        self.flow(LEFT, 12.0, false, text).space(12.0)
    }

    /// An item: its mark at `x`, its words hanging beside it.
    pub fn item(&mut self, x: f32, mark: &str, text: &str) -> &mut Self {
        self.room(12.0);
        let y = self.y;
        if mark == "■" {
            let piece = Piece { x, y, size: 12.0, is_bold: false, is_symbol: true, text: "n".to_owned() };
            self.pages.last_mut().unwrap().push(piece);
        } else {
            self.at(x, y, 12.0, false, mark);
        }
        self.flow(x + 28.0, 12.0, false, text).space(10.0)
    }

    /// A small raised mark behind a text that ends at `x`.
    pub fn mark(&mut self, x: f32, y: f32, mark: &str) -> &mut Self {
        self.at(x, y - 4.5, 7.0, false, mark)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut file = File::default();
        let pages: Vec<String> = (0..self.pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
        file.object("<< /Type /Catalog /Pages 2 0 R >>");
        file.object(&format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), pages.join(" ")));
        file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        file.object("<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>");
        for (number, pieces) in self.pages.iter().enumerate() {
            let content = 6 + 2 * number;
            file.object(&format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
                 /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            ));
            let mut drawn = String::new();
            for piece in pieces {
                draw(&mut drawn, piece);
            }
            let mut foot = |x: f32, y: f32, size: f32, text: &str| {
                let text = text.to_owned();
                draw(&mut drawn, &Piece { x, y, size, is_bold: false, is_symbol: false, text });
            };
            if let Some((first, second)) = &self.footer {
                foot(LEFT, 805.0, 8.0, first);
                foot(LEFT, 815.0, 8.0, second);
            }
            foot(513.0, 812.0, 20.0, &(number + 1).to_string());
            file.stream("<<", &drawn);
        }
        file.end("/Root 1 0 R")
    }
}

/// A page with a picture and no text, as a scanner makes it.
pub fn scanned() -> Vec<u8> {
    let mut file = File::default();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object("<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
    file.object(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
    );
    file.stream("<<", "q 595 0 0 842 0 0 cm /P Do Q");
    file.stream(
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        "x",
    );
    file.end("/Root 1 0 R")
}

/// A file that opens with a password only.
pub fn encrypted() -> Vec<u8> {
    let mut file = File::default();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object("<< /Type /Pages /Count 0 /Kids [] >>");
    let key = "5A".repeat(32);
    file.object(&format!("<< /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >>"));
    file.end("/Root 1 0 R /Encrypt 3 0 R /ID [<00112233> <00112233>]")
}

/// Lines of at most so many characters, broken at spaces and behind hyphens.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        for (place, piece) in word.split_inclusive('-').enumerate() {
            let line = lines.last_mut().unwrap();
            let space = if place == 0 && !line.is_empty() { " " } else { "" };
            if line.chars().count() + space.len() + piece.chars().count() > width && !line.is_empty() {
                lines.push(piece.to_owned());
            } else {
                line.push_str(space);
                line.push_str(piece);
            }
        }
    }
    lines
}

fn draw(out: &mut String, piece: &Piece) {
    let font = if piece.is_symbol { "/F2" } else { "/F1" };
    // Letters whose outlines are drawn as well look bold.
    let mode = if piece.is_bold { 2 } else { 0 };
    let y = HEIGHT - piece.y;
    let text: String = piece.text.chars().map(escaped).collect();
    writeln!(out, "BT {font} {} Tf {mode} Tr 1 0 0 1 {} {y} Tm ({text}) Tj ET", piece.size, piece.x).unwrap();
}

/// A character in WinAnsi, as an escape where it is no plain letter.
fn escaped(character: char) -> String {
    let code = match character {
        '’' => 0x92,
        '‘' => 0x91,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        ' '..='~' if !"()\\".contains(character) => return character.to_string(),
        other if u32::from(other) < 0x100 => u32::from(other),
        _ => u32::from('?'),
    };
    format!("\\{code:03o}")
}

/// The frame of a PDF: numbered objects, and the table that says where they are.
#[derive(Default)]
struct File {
    bytes: String,
    places: Vec<usize>,
}

impl File {
    fn object(&mut self, body: &str) {
        if self.bytes.is_empty() {
            self.bytes.push_str("%PDF-1.4\n");
        }
        self.places.push(self.bytes.len());
        writeln!(self.bytes, "{} 0 obj\n{body}\nendobj", self.places.len()).unwrap();
    }

    fn stream(&mut self, dictionary: &str, data: &str) {
        self.object(&format!("{dictionary} /Length {} >>\nstream\n{data}\nendstream", data.len()));
    }

    fn end(mut self, trailer: &str) -> Vec<u8> {
        let table = self.bytes.len();
        let count = self.places.len() + 1;
        write!(self.bytes, "xref\n0 {count}\n0000000000 65535 f \n").unwrap();
        for place in &self.places {
            writeln!(self.bytes, "{place:010} 00000 n ").unwrap();
        }
        write!(self.bytes, "trailer\n<< /Size {count} {trailer} >>\nstartxref\n{table}\n%%EOF\n").unwrap();
        self.bytes.into_bytes()
    }
}
