package ids

type (
	tenant       struct{}
	identity     struct{}
	person       struct{}
	session      struct{}
	invitation   struct{}
	token        struct{}
	organization struct{}
	program      struct{}
	cycle        struct{}
	call         struct{}
	criterion    struct{}
	blueprint    struct{}
	proposal     struct{}
	form         struct{}
	formVersion  struct{}
	sheet        struct{}
	application  struct{}
	submission   struct{}
	sending      struct{}
	change       struct{}
	question     struct{}
	part         struct{}
	document     struct{}
	run          struct{}
	review       struct{}
	decision     struct{}
	condition    struct{}
	replacement  struct{}
	letter       struct{}
	message      struct{}
	notification struct{}
	partnership  struct{}
	seat         struct{}
	job          struct{}
	domain       struct{}
	sender       struct{}
	page         struct{}
	signature    struct{}
	opening      struct{}
	story        struct{}
	template     struct{}
	thread       struct{}
	report       struct{}
	meeting      struct{}
	note         struct{}
	lot          struct{}
	round        struct{}
	tie          struct{}
	match        struct{}
	loan         struct{}
	loanRequest  struct{}
	commonCard   struct{}
	calibration  struct{}
	opinion      struct{}
)

// One type per noun of the glossary, each named like the noun.
type (
	Tenant       = ID[tenant]
	Identity     = ID[identity]
	Person       = ID[person]
	Session      = ID[session]
	Invitation   = ID[invitation]
	Token        = ID[token]
	Organization = ID[organization]
	Program      = ID[program]
	Cycle        = ID[cycle]
	Call         = ID[call]
	Criterion    = ID[criterion]
	Blueprint    = ID[blueprint]
	Proposal     = ID[proposal] // of a piece of a blueprint
	Form         = ID[form]
	FormVersion  = ID[formVersion]
	Sheet        = ID[sheet] // one filled (or half-filled) form
	Application  = ID[application]
	Submission   = ID[submission] // what was handed in, once
	Sending      = ID[sending]    // what accepted applicants sent beside it, once
	Change       = ID[change]     // a line of a log
	Question     = ID[question]   // what somebody asks about a call
	Part         = ID[part]       // one organization's part of a joint application
	Document     = ID[document]
	Run          = ID[run] // of a solver
	Review       = ID[review]
	Decision     = ID[decision]
	Condition    = ID[condition] // of a place that is offered
	Letter       = ID[letter]
	Message      = ID[message]
	Notification = ID[notification]
	Partnership  = ID[partnership]
	Replacement  = ID[replacement] // of an organization that leaves a partnership
	Seat         = ID[seat]
	Job          = ID[job]
	Domain       = ID[domain]
	Sender       = ID[sender] // an address of a network's own, from which its mails go
	Page         = ID[page]
	Signature    = ID[signature]   // of a coordinator, before a call opens
	Opening      = ID[opening]     // of a first call, for which a network asks the core team
	Story        = ID[story]       // what a partnership tells of its work
	Template     = ID[template]    // a file that a form offers to be filled in
	Thread       = ID[thread]      // what two organizations write to each other
	Report       = ID[report]      // of a thread, to the coordinators
	Meeting      = ID[meeting]     // of the panel that decides about a call
	Note         = ID[note]        // to an application on a meeting's table
	Lot          = ID[lot]         // among applications that the reviews cannot tell apart
	Round        = ID[round]       // in which organizations are put together
	Tie          = ID[tie]         // what is said about organizations of a round before it is solved
	Match        = ID[match]       // organizations to which it is proposed that they work together
	Loan         = ID[loan]        // of a reviewer to another network
	LoanRequest  = ID[loanRequest] // to lend reviewers
	CommonCard   = ID[commonCard]  // what other networks see of an organization
	Calibration  = ID[calibration] // a round in which reviewers score the same sample
	Opinion      = ID[opinion]     // a further review that somebody asked for
)
