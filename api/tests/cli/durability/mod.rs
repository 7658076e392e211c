//! What has to outlive a crash, a full disk, a database that is away, a restore and an upgrade: tried on processes of the
//! program and a PostgreSQL server of the tests' own.
//!
//! `DURABILITY=full cargo test --test cli durability` kills in its full form: 5000 acknowledged changes, five kills of the service and
//! three of PostgreSQL. `DURABILITY_SEED=…` repeats a run that was printed.

mod away;
mod backup;
mod deployment;
mod killed;
mod load;
mod postgres;
mod upgrade;

/// Numbers that follow from a seed (SplitMix64), so that a run can be had again as far as processes allow.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// The seed that is asked for, or one of this run. It is printed.
    pub fn seeded() -> Self {
        let asked = std::env::var("DURABILITY_SEED").ok().map(|text| text.parse().unwrap());
        let seed: u64 = asked.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
        println!("DURABILITY_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of the numbers below that one.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// Another one that goes its own way.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }
}
