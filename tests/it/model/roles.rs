//! Who is what in the county, and sees what: `docs/authorization.md` once more.

use super::state::{Action, Evidence, Model, Organisation, Plan};
use crate::support::Persona::{self, *};

impl Persona {
    pub fn is_office(self) -> bool {
        self == ProgrammeOffice
    }

    pub fn is_officer(self) -> bool {
        [ProgrammeOffice, Lead, Officer].contains(&self)
    }

    /// The lead sits on the board too: whoever claims may not accept the claim.
    pub fn is_board(self) -> bool {
        [Chair, BoardMember, Lead].contains(&self)
    }

    /// The organisation that a partner speaks for.
    pub fn organisation(self) -> Option<Organisation> {
        match self {
            Police => Some(Organisation::Police),
            Health => Some(Organisation::Health),
            _ => None,
        }
    }

    pub fn is_member(self) -> bool {
        ![SouthmereOffice, Nobody, Anonymous].contains(&self)
    }
}

impl Model {
    /// Whether somebody leads an action, in person or in a group.
    pub fn leads(&self, who: Persona, action: &Action) -> bool {
        let is = |party: usize| self.parties[party].of == Some(who);
        who == Lead
            && action
                .leads
                .iter()
                .any(|party| is(*party) || self.parties[*party].members.iter().any(|of| is(*of)))
    }

    /// Whether an action is a partner's own.
    pub fn is_own(&self, who: Persona, action: &Action) -> bool {
        let Some(organisation) = who.organisation() else { return false };
        action.leads.iter().any(|party| self.parties[*party].organisation == Some(organisation))
    }

    pub fn sees_plan(&self, who: Persona, plan: usize) -> bool {
        let Plan { status, was_published, .. } = &self.plans[plan];
        let of_plan = || self.actions.iter().filter(|action| action.plan == plan);
        who == Admin
            || who.is_officer()
            || (who.is_board() && *status != "DRAFT")
            || (who.organisation().is_some()
                && (["AGREED", "PUBLISHED", "CLOSED"].contains(status)
                    || of_plan().any(|action| self.is_own(who, action))))
            || (who == Scrutiny && *was_published)
    }

    pub fn sees_action(&self, who: Persona, action: &Action) -> bool {
        if who.organisation().is_some() && ["DRAFT", "CONSIDERED"].contains(&self.plans[action.plan].status) {
            return self.is_own(who, action);
        }
        self.sees_plan(who, action.plan)
    }

    pub fn sees_evidence(&self, who: Persona, evidence: &Evidence) -> bool {
        let any = |is: &dyn Fn(&Action) -> bool| evidence.actions.iter().any(|at| is(&self.actions[*at]));
        if let Some(organisation) = who.organisation() {
            let of_own = !evidence.is_sensitive && any(&|action| self.is_own(who, action));
            return of_own || evidence.shared_with.contains(&organisation);
        }
        who.is_board()
            || who.is_office()
            || (!evidence.is_sensitive && (who.is_officer() || who == Admin))
            || (who.is_officer() && any(&|action| self.leads(who, action)))
    }

    /// Who writes a plan: the programme office, and while it is a draft any officer.
    pub fn writes(&self, who: Persona, plan: usize) -> bool {
        who.is_office() || (who.is_officer() && self.plans[plan].status == "DRAFT")
    }

    /// Who reports on an action.
    pub fn reports(&self, who: Persona, action: &Action) -> bool {
        self.leads(who, action) || who.is_office() || self.is_own(who, action)
    }

    /// Who may handle evidence: the programme office, and whoever added it.
    pub fn added(&self, who: Persona, evidence: &Evidence) -> bool {
        let is_same = evidence.added_by == who && (who == Lead || who.organisation().is_some());
        who.is_office() || is_same
    }
}
