package tenant

import (
	"math/rand/v2"
	"slices"
)

// action writes the records that one thing happening leaves behind.
type action func(*scribe)

// weighted is an action and how often it happens among its like.
type weighted struct {
	weight float64
	do     action
}

// mix is a long-tailed choice of actions.
type mix struct {
	upTo []float64 // cumulative, last is 1
	do   []action
}

func newMix(ws ...weighted) mix {
	var m mix
	var sum float64
	for _, w := range ws {
		sum += w.weight
		m.upTo = append(m.upTo, sum)
		m.do = append(m.do, w.do)
	}
	for i := range m.upTo {
		m.upTo[i] /= sum
	}
	return m
}

func (m mix) pick(rng *rand.Rand) action {
	i, _ := slices.BinarySearch(m.upTo, rng.Float64())
	return m.do[min(i, len(m.do)-1)]
}

// personMix is what people do all day; the tail is where the interesting things are.
var personMix = newMix(
	weighted{16, signIn},
	weighted{1.6, signInFailed},
	weighted{10, mailItemsAccessed},
	weighted{6, mailSent},
	weighted{2.5, mailCreated},
	weighted{4.5, mailDeleted},
	weighted{13, fileTouched},
	weighted{3.5, pageViewed},
	weighted{1.8, listViewed},
	weighted{1.2, fileShared},
	weighted{0.5, siteGroupChanged},
	weighted{3, teamsSession},
	weighted{2.4, teamsMessage},
	weighted{0.9, teamsChat},
	weighted{0.6, teamsMember},
	weighted{0.9, copilotAsked},
	weighted{0.9, powerBIViewed},
	weighted{0.7, mailLabelled},
	weighted{0.35, dlpMail},
	weighted{0.25, dlpFile},
	weighted{0.9, userUpdated},
	weighted{0.25, userAdded},
	weighted{0.4, passwordReset},
	weighted{0.5, securityInfo},
	weighted{0.9, groupMember},
	weighted{0.12, groupAdded},
	weighted{0.08, userDeleted},
	weighted{0.2, guestInvited},
	weighted{0.25, roleActivated},
	weighted{0.03, roleMember},
	weighted{0.12, appConsented},
	weighted{0.08, appCredential},
	weighted{0.05, policyUpdated},
	weighted{0.5, exchangeAdmin},
	weighted{0.15, inboxRule},
	weighted{0.7, complianceCmdlet},
	weighted{0.05, quarantineReleased},
	weighted{1.1, intuneChanged},
	weighted{0.3, intuneDeviceAction},
)

// systemMix is what the services do by themselves.
var systemMix = newMix(
	weighted{3, mailboxMaintenance},
	weighted{6, directorySync},
	weighted{2.2, deviceUpdated},
	weighted{1.2, dynamicGroup},
	weighted{0.5, principalProvisioned},
	weighted{1.4, insightsQueried},
	weighted{1.1, threatMail},
	weighted{1.5, siteMaintenance},
	weighted{0.6, teamsSync},
	weighted{0.35, alertRaised},
	weighted{1.2, intuneAutomation},
	weighted{2, servicePrincipalSignIn},
	weighted{0.05, investigation},
)
