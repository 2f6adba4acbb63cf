package events

import "kervan/modules/ids"

// OrganizationRegistered tells that an organization joined the network.
type OrganizationRegistered struct {
	Organization ids.Organization
}

// EventKind names the event in the queue.
func (OrganizationRegistered) EventKind() string { return "organization_registered" }

// OrganizationChanged tells that an organization's profile says something else.
type OrganizationChanged struct {
	Organization ids.Organization
}

// EventKind names the event in the queue.
func (OrganizationChanged) EventKind() string { return "organization_changed" }

// RolesChanged tells that a person was given a role, or that one was taken from them.
type RolesChanged struct {
	Person ids.Person
}

// EventKind names the event in the queue.
func (RolesChanged) EventKind() string { return "roles_changed" }

// CallMoved tells that a published call was extended or closed.
type CallMoved struct {
	Call ids.Call
}

// EventKind names the event in the queue.
func (CallMoved) EventKind() string { return "call_moved" }

// PartnershipMoved tells that a partnership was founded, or came into another state.
type PartnershipMoved struct {
	Partnership ids.Partnership
}

// EventKind names the event in the queue.
func (PartnershipMoved) EventKind() string { return "partnership_moved" }

// PartnershipPresented tells that it was changed how a partnership is shown to the public, or whether.
type PartnershipPresented struct {
	Partnership ids.Partnership
}

// EventKind names the event in the queue.
func (PartnershipPresented) EventKind() string { return "partnership_presented" }

// BrandChanged tells that the network looks or is called differently.
type BrandChanged struct{}

// EventKind names the event in the queue.
func (BrandChanged) EventKind() string { return "brand_changed" }
