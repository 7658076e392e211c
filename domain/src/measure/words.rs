//! The closed vocabularies of measures.

crate::vocabulary! {
    /// Which way a measure is to go.
    Polarity {
        /// More is better: assessments in time.
        HigherIsBetter = "HIGHER_IS_BETTER",
        /// Less is better: re-referrals.
        LowerIsBetter = "LOWER_IS_BETTER",
        /// As near to the target as possible, from either side: a rate of children on plans that fits the need.
        CloserIsBetter = "CLOSER_IS_BETTER",
    }
}

crate::vocabulary! {
    /// What the figures of a measure are.
    MeasureUnit {
        /// A share, out of a hundred: the numerator is a part of the denominator.
        Percent = "PERCENT",
        /// A whole number of children, cases, people or events.
        Count = "COUNT",
        /// For every ten thousand of a population, as the Department for Education gives its rates.
        RatePer10000 = "RATE_PER_10000",
        /// So many of the one for each of the other: cases for each social worker.
        Average = "AVERAGE",
        /// A duration in days, as an average where there are counts: the sum of the days over those they are of.
        Days = "DAYS",
        /// A duration in weeks, likewise.
        Weeks = "WEEKS",
        /// Points of a scale, as an average where there are counts.
        Score = "SCORE",
    }
}

impl MeasureUnit {
    /// What numerator over denominator is multiplied by to give the value. A count is no ratio.
    pub const fn factor(self) -> Option<i64> {
        match self {
            Self::Percent => Some(100),
            Self::RatePer10000 => Some(10_000),
            Self::Average | Self::Days | Self::Weeks | Self::Score => Some(1),
            Self::Count => None,
        }
    }

    /// Whether the numerator counts some of those that the denominator counts, so that the rest is a group of its own.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::Percent)
    }
}

crate::vocabulary! {
    /// How often a measure is read. Ordered from often to seldom.
    Frequency {
        /// Every calendar month.
        Monthly = "MONTHLY",
        /// Every quarter: from January, April, July and October.
        Quarterly = "QUARTERLY",
        /// Every six months.
        HalfYearly = "HALF_YEARLY",
        /// Every twelve months.
        Annual = "ANNUAL",
    }
}

impl Frequency {
    /// How many months one period has.
    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Annual => 12,
        }
    }
}

crate::vocabulary! {
    /// What a measure lacks before anybody can be held to it.
    MeasureGap {
        /// Where it started from.
        Baseline = "BASELINE",
        /// What its figures are.
        Unit = "UNIT",
        /// Where it is to get to.
        Target = "TARGET",
        /// By when.
        TargetDate = "TARGET_DATE",
        /// Who answers for it.
        Owner = "OWNER",
        /// How often it is read.
        Frequency = "FREQUENCY",
    }
}

crate::vocabulary! {
    /// Which way a measure has been going.
    Trend {
        /// Its later readings are better.
        Improving = "IMPROVING",
        /// They are neither.
        Steady = "STEADY",
        /// They are worse.
        Worsening = "WORSENING",
        /// There are too few to say.
        TooFewReadings = "TOO_FEW_READINGS",
    }
}

crate::vocabulary! {
    /// How a reading stands against the target that was in force for its period.
    TargetStatus {
        /// It is at the target, or better.
        Met = "MET",
        /// It is not there yet, and as near as the way from the baseline asks for by then.
        OnCourse = "ON_COURSE",
        /// It is not there yet, and further off than that.
        OffCourse = "OFF_COURSE",
        /// It is not there, and the target was for then or earlier.
        Missed = "MISSED",
        /// It is not there; without a baseline and a date nobody can say whether it is on course.
        NotMet = "NOT_MET",
        /// No target was in force.
        NoTarget = "NO_TARGET",
        /// There is no reading.
        NoReading = "NO_READING",
    }
}

crate::vocabulary! {
    /// Whose figure a measure is compared with.
    BenchmarkKind {
        /// England.
        National = "NATIONAL",
        /// The council's region.
        Region = "REGION",
        /// The councils that the Department for Education finds most alike.
        StatisticalNeighbours = "STATISTICAL_NEIGHBOURS",
    }
}
