package policies

import "strings"

// Action is what a person wants to do: a resource and a verb, "application.submit". Every route declares one and every
// use-case authorizes one; policy.csv says who may.
type Action string

// Split gives the resource and the verb.
func (a Action) Split() (resource, verb string) {
	resource, verb, _ = strings.Cut(string(a), ".")
	return resource, verb
}

// Around every page.
const (
	SiteVisit       Action = "site.visit"       // public pages, the language switch, assets
	SiteDesk        Action = "site.desk"        // "what I must do now"
	AccountEnter    Action = "account.enter"    // register, sign in, reset, follow an e-mailed link
	AccountSelf     Action = "account.self"     // one's own profile, sessions, tokens, sign out
	NotificationOwn Action = "notification.own" // one's own notifications
)

// People and their roles in the network.
const (
	PersonList   Action = "person.list"
	PersonInvite Action = "person.invite" // to a role of the network's team
	PersonRevoke Action = "person.revoke" // take a role away
)

// Organizations and their people.
const (
	OrganizationRegister  Action = "organization.register"
	OrganizationDirectory Action = "organization.directory" // names, places and fields of work, to find a partner
	OrganizationList      Action = "organization.list"      // the officers' list with everything
	OrganizationRead      Action = "organization.read"
	OrganizationEdit      Action = "organization.edit"
	OrganizationPeople    Action = "organization.people" // invite, remove, change roles, hand over the lead
)

// Calls and the program around them.
const (
	CallBrowse   Action = "call.browse" // published calls and the preview of their form
	CallList     Action = "call.list"   // all calls, drafts too
	CallRead     Action = "call.read"
	CallEdit     Action = "call.edit"
	CallOpen     Action = "call.open" // open, extend, close: irreversible
	CallLateLink Action = "call.late_link"
	BrandEdit    Action = "brand.edit"
	PageEdit     Action = "page.edit"   // the network's own pages and news
	DomainEdit   Action = "domain.edit" // claim, prove, release the network's own domain
)

// Blueprints, the model's programs, which all networks share.
const (
	BlueprintRead    Action = "blueprint.read"    // the library: versions and what is different in them
	BlueprintPropose Action = "blueprint.propose" // send a piece of the network's own program to the core team
	BlueprintEdit    Action = "blueprint.edit"    // decide on proposals, publish the next version, see who uses which
)

// Applications.
const (
	ApplicationStart    Action = "application.start"
	ApplicationList     Action = "application.list" // the officers' list
	ApplicationMine     Action = "application.mine" // those of one's own organizations
	ApplicationRead     Action = "application.read"
	ApplicationFill     Action = "application.fill"    // answers, presence, uploads
	ApplicationInvite   Action = "application.invite"  // the partner organization
	ApplicationJoin     Action = "application.join"    // answer an invitation to be a partner
	ApplicationConfirm  Action = "application.confirm" // one's own organization's part
	ApplicationSubmit   Action = "application.submit"
	ApplicationWithdraw Action = "application.withdraw"
	ApplicationCheck    Action = "application.check" // eligibility, request for missing papers
	ApplicationReply    Action = "application.reply" // accept or decline the offered place
	ApplicationExport   Action = "application.export"
)

// What only accepted applicants are asked.
const (
	LaterSend   Action = "later.send"   // one's own organization's answers, and those that all give together
	LaterRead   Action = "later.read"   // what was sent, for the network's side
	LaterList   Action = "later.list"   // who has sent and who has not; to be taken away, too
	LaterManage Action = "later.manage" // until when, reminders
)

// RetentionRead shows what is erased of applications, and when.
const RetentionRead Action = "retention.read"

// Documents.
const (
	DocumentRead   Action = "document.read"
	DocumentUpload Action = "document.upload"
)

// Selection.
const (
	ReviewerManage   Action = "reviewer.manage" // invite reviewers, assign applications
	ReviewQueue      Action = "review.queue"
	ReviewDeclare    Action = "review.declare"   // a conflict of interest, or none
	ReviewUndeclare  Action = "review.undeclare" // take a declaration of somebody else back
	ReviewWrite      Action = "review.write"
	ReviewRead       Action = "review.read" // all reviews of an application
	SelectionRank    Action = "selection.rank"
	SelectionDecide  Action = "selection.decide"
	SelectionSign    Action = "selection.sign" // sign off the decision list
	SelectionRelease Action = "selection.release"
	SelectionArrange Action = "selection.arrange" // say how the panel of a call works and sees its numbers

	ClarificationList   Action = "clarification.list"   // what applicants asked about decisions
	ClarificationAnswer Action = "clarification.answer" // one of them

	ConditionList   Action = "condition.list"   // places that are held on conditions
	ConditionRead   Action = "condition.read"   // those of one place
	ConditionManage Action = "condition.manage" // set them, give more time, take the place back
	ConditionJudge  Action = "condition.judge"  // say whether they are met

	PlaceReplace Action = "place.replace" // ask another organization to take the seat of one that drops out of a place
	PlaceConsent Action = "place.consent" // read and answer what is asked about that
)

// Letters and messages.
const (
	MessageList    Action = "message.list"
	MessageRead    Action = "message.read"
	MessageEdit    Action = "message.edit"
	MessageRelease Action = "message.release"
	TemplateEdit   Action = "template.edit"
)

// Partnerships.
const (
	PartnershipList    Action = "partnership.list"
	PartnershipMine    Action = "partnership.mine"
	PartnershipRead    Action = "partnership.read"
	PartnershipManage  Action = "partnership.manage"
	PartnershipPresent Action = "partnership.present" // say whether and how it is shown to the public
	PartnershipReplace Action = "partnership.replace" // read and answer what is asked about a replacement in it

	PartnershipHandBack Action = "partnership.hand_back" // accompany it no more
	FacilitatorManage   Action = "facilitator.manage"    // say who accompanies which partnership
	FacilitatorSelf     Action = "facilitator.self"      // one's own profile
)

// Stories of partnerships.
const (
	StoryList     Action = "story.list" // those of all partnerships
	StoryRead     Action = "story.read" // before and after visitors do
	StoryWrite    Action = "story.write"
	StoryAgree    Action = "story.agree" // for one's own organization, to what the network has edited
	StoryEdit     Action = "story.edit"  // edit, return, ask for agreement
	StoryPublish  Action = "story.publish"
	StoryWithdraw Action = "story.withdraw"
)

// Partner finding.
const (
	CardRead         Action = "card.read" // one's own organization's, before others find it
	CardEdit         Action = "card.edit" // and let others find it
	PartnerDirectory Action = "partner.directory"
	PartnerWrite     Action = "partner.write"    // to another organization, for one's own
	PartnerModerate  Action = "partner.moderate" // read a thread that was reported, and decide
	CommonOffer      Action = "common.offer"     // say whether the network takes part in the common pool of all networks
	CommonShare      Action = "common.share"     // show one's own organization's card to other networks
	CommonLook       Action = "common.look"      // at organizations of other networks, for one's own
	CommonList       Action = "common.list"      // all that is shared, for the core team
	CommonMatch      Action = "common.match"     // make rounds of the common pool, have them solved, propose what comes of it
	WishRead         Action = "wish.read"        // one's own organization's wishes and vetoes; nobody else ever
	WishManage       Action = "wish.manage"
	RoundManage      Action = "round.manage"    // make rounds, have them solved, propose what comes of it
	ProposalRead     Action = "proposal.read"   // those to one's own organization
	ProposalAnswer   Action = "proposal.answer" // for one's own organization
)

// Reviewers who are lent between networks.
const (
	LoanAsk   Action = "loan.ask"   // another network, for a call of one's own
	LoanLend  Action = "loan.lend"  // say whether others may ask, and answer them
	LoanWatch Action = "loan.watch" // how often networks ask each other, in numbers
)

// Oversight and operation.
const (
	AuditRead     Action = "audit.read"
	AggregateRead Action = "aggregate.read" // counts without any person or text
	NetworkList   Action = "network.list"   // the core team's board
	NetworkOpen   Action = "network.open"   // make a new network
	NetworkSteer  Action = "network.steer"  // suspend, reopen
	OpeningSign   Action = "opening.sign"   // sign a network's first call for the core team, or give it back
	JobWatch      Action = "job.watch"
	JobRetry      Action = "job.retry"
)
