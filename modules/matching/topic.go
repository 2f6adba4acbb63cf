package matching

import "slices"

// Topic is one of the twelve dimensions of capacity, by the key under which forms and assessments name it.
type Topic string

// Topics lists them in the order in which they are offered.
var Topics = []Topic{
	"governance", "strategy", "people", "volunteers", "finance", "fundraising", "program", "communication", "networks", "advocacy", "inclusion", "digital",
}

// ParseTopic accepts exactly the topics above.
func ParseTopic(s string) (Topic, bool) { return Topic(s), slices.Contains(Topics, Topic(s)) }

// Word is the key of the topic's name.
func (t Topic) Word() string { return "matching.topic." + string(t) }
