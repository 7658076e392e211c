// Queries to start from. Each says what to look for, because the same query answers differently for each subject.
export const examples = [
  {
    title: "Coverage: is every recommendation answered?",
    query: `# How much of what was asked is answered
# by an action, and what is not.
query Coverage {
  programme(slug: "buckinghamshire") {
    name
    coverage {
      covered
      partial
      uncovered
      gaps(first: 20) {
        nodes {
          __typename
          reference
          text
          source { title }
        }
      }
    }
    recommendations(first: 50) {
      nodes {
        reference
        coverage
        source { title }
      }
    }
  }
}
`,
  },
  {
    title: "The thread of one recommendation",
    query: `# From one recommendation to the actions that answer it,
# and to what shows that they helped. Recommendation 7
# is only partly answered: see the qualifier of its link.
query Thread($reference: String = "7") {
  programme(slug: "buckinghamshire") {
    recommendations(first: 5, filter: { reference: { eq: $reference } }) {
      nodes {
        reference
        text
        coverage
        source { title issuedOn }
        actions(first: 20) {
          edges {
            qualifier
            node {
              reference
              aim
              status
              rating { label colour }
              leads { ...lead }
              latestUpdate { narrative declaredHealth reportedOn }
              evidence(first: 10) { nodes { title strand marking } }
            }
          }
        }
      }
    }
  }
}

fragment lead on Lead {
  __typename
  ... on Person { post }
  ... on Group { groupName: name }
  ... on Organisation { organisationName: name }
}
`,
  },
  {
    title: "Dashboard: the plan at a glance",
    query: `# What a board sees first: every action with its state,
# its rating, and who leads it.
query Dashboard {
  programme(slug: "buckinghamshire") {
    plans(first: 5) {
      nodes {
        title
        status
        themes { name }
        actions(first: 50) {
          totalCount
          nodes {
            reference
            aim
            status
            dueOn
            timeframeAsPrinted
            forecastOn
            rating { health label colour }
            declaredHealth
            computedHealth
            isUpdateOverdue
            organisation { name }
            leads {
              __typename
              ... on Person { post }
              ... on Group { groupName: name }
              ... on Organisation { organisationName: name }
            }
            requirements(first: 10) {
              edges { qualifier node { reference } }
            }
            unspecifiedDirections { title }
          }
        }
      }
    }
  }
}
`,
  },
  {
    title: "Overdue actions",
    query: `# What is past its date and not done,
# the longest overdue first.
query Overdue {
  programme(slug: "buckinghamshire") {
    actions(first: 20, filter: { isOverdue: { eq: true } }, orderBy: [{ field: DUE_ON, direction: ASC }]) {
      totalCount
      nodes {
        reference
        aim
        dueOn
        duePrecision
        forecastOn
        status
        rating { label }
        updateDueOn
        isUpdateOverdue
        dependsOn { reference status }
      }
    }
  }
}
`,
  },
  {
    title: "What may I see?",
    query: `# Run this as one subject after the other. What a subject
# may not see does not exist for it: no row, no count,
# no error that gives it away.
query WhatMayISee {
  viewer {
    subject
    memberships {
      role
      isChair
      organisation { name }
      programme { slug }
    }
  }
  programmes(first: 10) {
    nodes {
      slug
      name
      plans(first: 10) {
        nodes { title status }
      }
      actions(first: 1) { totalCount }
      evidence(first: 50) {
        totalCount
        nodes { title marking }
      }
    }
  }
}
`,
  },
];
