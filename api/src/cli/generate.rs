//! `generate`: invented programmes, to measure and to rehearse with.

use std::time::Instant;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{CliError, DatabaseArgs, database, parse_day, print};
use crate::authz::permit::Actor;
use crate::command::load_programme::{Bundle, Loaded, load_programme};
use crate::command::notices::tell_due;
use crate::config::Clock;
use crate::generate::{Amount, MOST_PROGRAMMES, Wish};
use crate::store::write::Origin;

/// The arguments of `generate`.
#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// How much to make
    #[arg(long, value_enum, default_value_t = Size::One)]
    pub size: Size,
    /// Make so many programmes, each of one authority's size
    #[arg(long, value_name = "N", conflicts_with = "size")]
    pub programmes: Option<usize>,
    /// How many actions there shall be, in all programmes together
    #[arg(long, value_name = "N")]
    pub actions: Option<usize>,
    /// How many updates
    #[arg(long, value_name = "N")]
    pub updates: Option<usize>,
    /// How many items of evidence
    #[arg(long, value_name = "N")]
    pub evidence: Option<usize>,
    /// What chooses the words, days and numbers: the same seed makes the same programmes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// The day (YYYY-MM-DD) on which the programmes stand as they are made; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
    /// A subject that sits on the board of every programme. More than one: repeat it
    #[arg(long, value_name = "SUBJECT")]
    pub board_member: Vec<String>,
    /// A subject that works in the office of every programme. More than one: repeat it
    #[arg(long, value_name = "SUBJECT")]
    pub programme_office: Vec<String>,
    /// Print what was made as JSON
    #[arg(long)]
    pub json: bool,
    /// The database to load it into.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// How much to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// One authority: 327 actions, 6 536 updates, 3 268 items of evidence
    One,
    /// All of England: 153 programmes, 50 000 actions, 1 000 000 updates, 500 000 items of evidence
    National,
}

impl GenerateArgs {
    fn amount(&self) -> Result<Amount, CliError> {
        let usual = match (self.programmes, self.size) {
            (Some(programmes), _) => {
                if !(1..=MOST_PROGRAMMES).contains(&programmes) {
                    return Err(CliError::usage(format!(
                        "give 1 to {MOST_PROGRAMMES} programmes, not {programmes}"
                    )));
                }
                Amount::ONE.times(programmes)
            }
            (None, Size::One) => Amount::ONE,
            (None, Size::National) => Amount::NATIONAL,
        };
        let amount = Amount {
            programmes: usual.programmes,
            actions: self.actions.unwrap_or(usual.actions),
            updates: self.updates.unwrap_or(usual.updates),
            evidence: self.evidence.unwrap_or(usual.evidence),
        };
        if amount.actions < amount.programmes {
            return Err(CliError::usage(format!(
                "{} actions are too few: give at least one for each of the {} programmes",
                amount.actions, amount.programmes
            )));
        }
        Ok(amount)
    }
}

pub(super) async fn run(args: GenerateArgs) -> Result<(), CliError> {
    let amount = args.amount()?;
    let clock = Clock::new(args.today);
    let wish = Wish {
        amount,
        seed: args.seed,
        today: clock.today(),
        board_members: args.board_member,
        programme_offices: args.programme_office,
    };
    let db = database::connect_current(&args.database.url()?).await?;
    let began = Instant::now();
    let (mut made, mut entries) = (Vec::new(), 0);
    for place in 0..amount.programmes {
        let bundle = Bundle::of_programme(wish.programme(place)).map_err(failed)?;
        let slug = bundle.file.slug().to_owned();
        let origin = Origin::of_command(wish.today);
        let loaded =
            load_programme(&db, &Actor::System("generate"), &bundle, origin).await.map_err(failed)?;
        let (how, recorded) = match loaded {
            Loaded::Written { committed, .. } => {
                let ranges = committed.entries.values();
                ("is made", ranges.map(|range| range.end() - range.start() + 1).sum::<i64>())
            }
            Loaded::Unchanged { .. } => ("was there already", 0),
        };
        entries += recorded;
        eprintln!(
            "{} of {}: {slug} {how}, {recorded} things are recorded, after {:.0} s",
            place + 1,
            amount.programmes,
            began.elapsed().as_secs_f64()
        );
        made.push(slug);
    }
    // A service that begins on it has nothing to tell of what fell due before.
    tell_due(&db, &Clock::new(Some(wish.today))).await.map_err(failed)?;
    let seconds = began.elapsed().as_secs_f64();
    let Amount { programmes, actions, updates, evidence } = amount;
    print(&if args.json {
        let told: Value = json!({
            "programmes": made, "actions": actions, "updates": updates, "evidence": evidence,
            "recorded": entries, "today": wish.today, "seed": wish.seed, "seconds": seconds,
        });
        format!("{told}\n")
    } else {
        format!(
            "{programmes} programmes with {actions} actions, {updates} updates and {evidence} items of evidence stand as on {}: \
             {entries} things are recorded, in {seconds:.0} s\n",
            wish.today
        )
    })
}

fn failed(error: impl std::fmt::Display) -> CliError {
    CliError::failed(format!("the programme cannot be made: {error}"))
}
