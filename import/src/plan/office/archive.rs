//! The parts of an office file: a zip archive, unpacked part by part and never beyond what a plan needs.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::super::error::ReadError;

/// The most parts that a file may have.
const ENTRIES: usize = 1_000;

/// The most bytes that all parts which are read may unpack to together. What the directory claims is not believed.
const UNPACKED: u64 = 100_000_000;

/// How much a part may grow by being unpacked, beyond what is small anyhow. Sheets of equal rows grow some thirtyfold.
const RATIO: u64 = 400;
const SMALL: u64 = 8_000_000;

/// An archive in memory.
pub(crate) struct Archive<'a> {
    zip: ZipSliceArchive<&'a [u8]>,
    parts: BTreeMap<String, (ZipArchiveEntryWayfinder, CompressionMethod)>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let zip = ZipArchive::from_slice(bytes).map_err(|_| damaged("its directory cannot be read"))?;
        let mut parts = BTreeMap::new();
        let mut entries = zip.entries();
        let mut count = 0;
        while let Some(entry) = entries.next_entry().map_err(|_| damaged("its directory breaks off"))? {
            count += 1;
            if count > ENTRIES {
                return Err(ReadError::TooMuch { what: format!("it has over {ENTRIES} parts") });
            }
            let Ok(name) = std::str::from_utf8(entry.file_path().as_bytes()) else { continue };
            // Some programs write backslashes, and Windows does not mind capitals.
            let name = name.replace('\\', "/").to_lowercase();
            if parts.insert(name, (entry.wayfinder(), entry.compression_method())).is_some() {
                return Err(damaged("it holds one part twice"));
            }
        }
        Ok(Self { zip, parts, left: UNPACKED })
    }

    /// Is there a part of this name?
    pub fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&name.to_lowercase())
    }

    /// Does any part's name begin so?
    pub fn has_below(&self, folder: &str) -> bool {
        self.parts.keys().any(|name| name.starts_with(folder))
    }

    /// The bytes of a part, if there is one of this name.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some((place, method)) = self.parts.get(&name.to_lowercase()) else { return Ok(None) };
        let entry = self.zip.get_entry(*place).map_err(|_| damaged("a part of it cannot be found"))?;
        let packed = entry.data();
        let grown = SMALL.max(RATIO * packed.len() as u64);
        let most = self.left.min(grown);
        let mut bytes = Vec::new();
        let unreadable = |_| damaged("a part of it cannot be unpacked");
        match *method {
            CompressionMethod::STORE => packed.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?,
            CompressionMethod::DEFLATE => {
                DeflateDecoder::new(packed).take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?
            }
            _ => return Err(damaged("it is packed in a way that office programs do not use")),
        };
        let size = bytes.len() as u64;
        if size > most {
            let what = if self.left < grown {
                format!("it unpacks to over {UNPACKED} bytes")
            } else {
                format!("a part of it unpacks to over {RATIO} times its size")
            };
            return Err(ReadError::TooMuch { what });
        }
        self.left -= size;
        Ok(Some(bytes))
    }

    /// A part that is XML, as text. An office file is UTF-8, or UTF-16 with its mark.
    pub fn xml(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        let Some(bytes) = self.part(name)? else { return Ok(None) };
        let text = match encoding_rs::Encoding::for_bom(&bytes) {
            Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
            None => String::from_utf8(bytes).map_err(|_| damaged("a part of it is no text"))?,
        };
        Ok(Some(text))
    }
}

/// The file is not what it says it is.
pub(crate) fn damaged(why: &'static str) -> ReadError {
    ReadError::Damaged { why }
}
