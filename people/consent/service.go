package consent

import (
	"context"
	"slices"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

var mine = access.Permission{Name: "consent.mine", Roles: access.Everybody}

// Service is the room.
type Service struct {
	db       *db.DB
	langs    *i18n.Catalog
	purposes []kit.Purpose
	ledger   Ledger
	now      func() time.Time
}

// Ledger is what the room asks of whoever remembers, outside the database, what
// must not come back with a backup.
type Ledger interface {
	// Gone notes that something is gone for good, by an id of its own.
	Gone(ctx context.Context, tx *db.Tx, id string) error
	// WriteDown is for what was noted, once that is so.
	WriteDown(id string)
}

// Meet tells the room whom it asks: they are there after it.
func (s *Service) Meet(ledger Ledger) { s.ledger = ledger }

// New opens the room.
func New(d *db.DB, langs *i18n.Catalog) *Service {
	return &Service{db: d, langs: langs, now: time.Now}
}

// Offer says what is asked here.
func (s *Service) Offer(all ...kit.Purpose) { s.purposes = append(s.purposes, all...) }

func (s *Service) purpose(key string) (kit.Purpose, bool) {
	i := slices.IndexFunc(s.purposes, func(p kit.Purpose) bool { return p.Key == key })
	if i < 0 {
		return kit.Purpose{}, false
	}
	return s.purposes[i], true
}

// Give writes down that somebody said yes, in the caller's transaction: to the
// words of a purpose as they are in a language. A yes that stands already is
// left as it is.
func (s *Service) Give(ctx context.Context, tx *db.Tx, member, purpose, lang, way string) error {
	return s.Carry(ctx, tx, member, Carried{Purpose: purpose, Given: true, Lang: lang, Way: way, At: s.now()})
}

// Carry writes down what somebody said elsewhere, word for word, in the caller's
// transaction. A yes that stands already is left as it is; a yes that is taken
// back falls; what was taken back there and never stood here is written down, too.
func (s *Service) Carry(ctx context.Context, tx *db.Tx, member string, c Carried) error {
	p, known := s.purpose(c.Purpose)
	if c.Given && !known {
		return fault.Missing()
	}
	l := s.langs.For(c.Lang)
	if c.Words == "" && c.Given {
		c.Words = l.T(p.Key + ".text")
	}
	e := Entry{ID: id.New(ctx), Purpose: c.Purpose, Given: c.Given, Words: c.Words, Lang: l.Code, Way: c.Way, At: c.At}
	if e.Words != "" {
		e.Version = version(e.Words)
	}
	who, err := subject(ctx, tx, member)
	if err != nil {
		return err
	}
	stood, err := given(ctx, tx, member, c.Purpose)
	if err != nil || stood && c.Given {
		return err
	}
	if stood { // the ledger outside is written with its next round
		_, err = s.takeBack(ctx, tx, member, e)
		return err
	}
	tx.Changed(Room)
	if err := insert(ctx, tx, who, e); err != nil || !c.Given {
		return err
	}
	return stand(ctx, tx, member, e)
}

// Asked are the purposes people are asked about here.
func (s *Service) Asked() []kit.Purpose { return s.purposes }

// Stand are the yeses of somebody that stand, by purpose, in the words of each.
func (s *Service) Stand(ctx context.Context, q db.Querier, member string) (map[string]string, error) {
	all, err := standing(ctx, q, member)
	out := map[string]string{}
	for _, e := range all {
		out[e.Purpose] = e.Words
	}
	return out, err
}

// Room is the room's word, and that of its counter, which moves with every yes
// and every one taken back.
const Room = "consent"

// Given says whether a yes stands at this moment. Work that waited asks again
// when it begins.
func (s *Service) Given(ctx context.Context, q db.Querier, member, purpose string) (bool, error) {
	return given(ctx, q, member, purpose)
}

// Agreed are the accounts whose yes to a purpose stands at this moment.
func (s *Service) Agreed(ctx context.Context, q db.Querier, purpose string) ([]string, error) {
	return agreed(ctx, q, purpose)
}

// Agree is the viewer's yes to a purpose, in the language of the page.
func (s *Service) Agree(ctx context.Context, v *access.Viewer, purpose, lang string) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Give(ctx, tx, v.Member, purpose, lang, Form)
	})
}

// Withdraw takes the viewer's yes back, from the next request on. What the
// membership itself rests on ends with the membership, not here.
func (s *Service) Withdraw(ctx context.Context, v *access.Viewer, purpose, lang string) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	p, known := s.purpose(purpose)
	if !known {
		return fault.Missing()
	}
	if p.Needed {
		return fault.New(fault.Conflict, "consent.needed")
	}
	var entry string
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		entry, err = s.takeBack(ctx, tx, v.Member, Entry{ID: id.New(ctx), Purpose: p.Key, Lang: lang, Way: Form, At: s.now()})
		return err
	})
	if err == nil && entry != "" {
		s.ledger.WriteDown(entry)
	}
	return err
}

// takeBack writes down that a yes is taken back, and gives the entry of the yes;
// empty if none stood.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, member string, e Entry) (string, error) {
	entry, err := fall(ctx, tx, member, e.Purpose)
	if err != nil || entry == "" {
		return "", err
	}
	who, err := subject(ctx, tx, member)
	if err != nil {
		return "", err
	}
	if err := s.ledger.Gone(ctx, tx, entry); err != nil {
		return "", err
	}
	tx.Changed(Room)
	return entry, insert(ctx, tx, who, e)
}

// GoneAgain takes back whatever yes a backup has brought back, and says how many
// there were. It asks gone about each one that stands: whether it was taken back,
// and the day.
func (s *Service) GoneAgain(ctx context.Context, gone func(entry string) (time.Time, bool)) (n int, err error) {
	all, err := allStanding(ctx, s.db)
	if err != nil {
		return 0, err
	}
	days := map[string]time.Time{}
	all = slices.DeleteFunc(all, func(x stands) bool {
		day, is := gone(x.entry)
		days[x.entry] = day
		return !is
	})
	if len(all) == 0 {
		return 0, nil
	}
	return len(all), s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range all {
			if _, err := s.takeBack(ctx, tx, x.member, Entry{ID: id.New(ctx), Purpose: x.purpose, Lang: x.lang, Way: Again, At: days[x.entry]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Mine are the yeses of the viewer that stand, by purpose.
func (s *Service) Mine(ctx context.Context, v *access.Viewer) (map[string]Entry, error) {
	if err := v.Need(mine, ""); err != nil {
		return nil, err
	}
	all, err := standing(ctx, s.db, v.Member)
	out := map[string]Entry{}
	for _, e := range all {
		out[e.Purpose] = e
	}
	return out, err
}

// export gives every line of a person.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	said, err := ledger(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	now, err := standing(ctx, s.db, sub.Member)
	lines, stands := kit.Hold("consent.held.ledger"), kit.Hold("consent.held.stands")
	for _, e := range said {
		lines.Line("consent.held.purpose", kit.Word(e.Purpose), "consent.held.given", e.Given, "consent.held.text", e.Words, "consent.held.version", e.Version,
			"i18n.held.language", kit.Lang(e.Lang), "consent.held.way", kit.Word("consent.held.way."+e.Way), "i18n.held.when", e.At)
	}
	for _, e := range now {
		stands.Line("consent.held.purpose", kit.Word(e.Purpose))
	}
	return []*kit.Holding{stands, lines}, err
}

// demo lets one of the example people have taken back what can be taken back.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	for _, p := range d.People {
		if p.Role != "supporter" {
			continue
		}
		for _, x := range s.purposes {
			if !x.Needed {
				if err := s.Withdraw(ctx, &access.Viewer{Member: p.Member, Persona: p.Persona, Role: access.Supporter}, x.Key, s.langs.First().Code); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// RestsOn is what somebody has agreed to at this moment.
func (s *Service) RestsOn(ctx context.Context, q db.Querier, member string) (string, error) {
	now, err := standing(ctx, q, member)
	var all []string
	for _, e := range now {
		all = append(all, e.ID)
	}
	return strings.Join(all, " "), err
}

// erase leaves the lines, and nobody they lead to.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	tx.Changed(Room)
	return forget(ctx, tx, sub.Member)
}
