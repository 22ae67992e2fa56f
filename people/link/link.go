// Package link is how groups belong together: which is part of which, works
// with which, or goes on from which; the web that makes, to be walked; and
// introductions, which one group asks of another in confidence.
//
// A link is two groups' word. It is shown while both stand by it, to whoever
// may see both.
package link

import (
	"strings"
	"time"

	"withus.example/platform/fault"
)

// Kind is what a link says. All but WorksWith have a direction.
type Kind string

// The kinds, as they are said of the group a link leads from.
const (
	PartOf    Kind = "part-of"
	WorksWith Kind = "works-with"
	GrewFrom  Kind = "grew-from"  // both may go on
	CarriesOn Kind = "carries-on" // from one that stops
)

var kinds = []Kind{PartOf, WorksWith, GrewFrom, CarriesOn}

// Group is what the room knows of a group. It has no name of its own here or
// where groups are kept: two rooms that know nothing of each other write it out
// alike.
type Group = struct {
	ID, Slug, Path, Name, Lang string
	Form, Life, Area, Country  string
	Email                      string
	Shown                      bool // in lists and searches, for whoever may see it
	Organised                  bool // somebody could answer for it
}

// ended is the life of a group that stopped, as the room of groups calls it.
const ended = "ended"

// Link is one group's word about another, or two groups' if it is agreed.
type Link struct {
	ID       string
	Kind     Kind
	From, To string // ids of groups
	By       string // the one that offered it
	Agreed   bool
	Day      time.Time // it was offered, or agreed

	offerer, answerer string // personas
}

// Other is the group at the other end.
func (k *Link) Other(id string) string {
	if k.From == id {
		return k.To
	}
	return k.From
}

// Asked is the group that answers an offer.
func (k *Link) Asked() string { return k.Other(k.By) }

// Way is what a link says of one of its groups: its kind, and ".to" behind it
// where the group is the one it leads to. Locale keys end with it.
func (k *Link) Way(id string) string {
	if k.Kind != WorksWith && k.To == id {
		return string(k.Kind) + ".to"
	}
	return string(k.Kind)
}

// ways are all of them, in the order in which they are shown.
var ways = []string{"part-of", "part-of.to", "works-with", "grew-from", "grew-from.to", "carries-on", "carries-on.to"}

// read makes the link that a group offers another in a way.
func read(way, mine, other string) (k Link, err error) {
	var p fault.Problems
	p.Choice("way", way, ways...)
	if mine == other {
		p.Add("group", "link.itself")
	}
	kind, to := strings.CutSuffix(way, ".to")
	k = Link{Kind: Kind(kind), From: mine, To: other, By: mine}
	if to || k.Kind == WorksWith && other < mine {
		k.From, k.To = other, mine
	}
	return k, p.Err()
}

// pair is the same for two groups whichever comes first.
func (k *Link) pair() string { return min(k.From, k.To) + " " + max(k.From, k.To) }

// needsNobody says whether a link may be offered to a group that nobody
// organises any more: to carry on from one that has ended. Whoever keeps its
// memory answers, or the network team.
func (k *Link) needsNobody(asked Group) bool {
	return k.Kind == CarriesOn && k.To == asked.ID && asked.Life == ended
}
