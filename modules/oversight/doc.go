// Package oversight is what may be seen of a network from its numbers alone: the core team's board of all networks, and
// each network's own figures. It opens, suspends and reopens networks.
//
// It owns the rollups: one row per network in the shared tables, counted inside the network by a job that events set
// going. Nobody on the core site reads a network's own tables, and a rollup holds no word that somebody wrote.
//
// Numbers of applicants' things (organizations, their people, applications, reviews, decisions, partnerships) below three
// are told as "a few", so that a number says nothing of a single one. They are kept that way, too: what is not known
// cannot be shown. Numbers of the network's own team and of its calls are told as they are.
package oversight
