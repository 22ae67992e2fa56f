package member

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/mail"
)

// What is some months past, on every day of eight years: the day reached by
// counting forward, and the last of a month where that month has no such day.
func TestAgo(t *testing.T) {
	forward := func(day time.Time, n int) time.Time {
		first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, min(day.Day(), first.AddDate(0, 1, -1).Day())-1)
	}
	at := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	east := time.FixedZone("", 10*60*60) // it is the next day there already
	for from := at("2023-01-01"); from.Year() < 2031; from = from.AddDate(0, 0, 1) {
		for _, n := range append([]int{between}, rounds[1:]...) {
			due := forward(from, n)
			if from.After(ago(due, n)) || !from.After(ago(due.Add(-time.Hour).In(east), n)) {
				t.Fatalf("%d months after %s is not from %s on", n, from.Format(time.DateOnly), due.Format(time.DateOnly))
			}
		}
	}
	for _, x := range []struct{ from, due string }{{"2024-02-29", "2025-02-28"}, {"2023-02-28", "2024-02-28"}, {"2024-12-31", "2025-12-31"}} {
		if forward(at(x.from), 12) != at(x.due) {
			t.Errorf("a year after %s", x.from)
		}
	}
}

// on has the room live on a day.
func (s *Service) on(day time.Time) { s.now = func() time.Time { return day } }

// renewed does what comes round, and every job it asks for.
func (s *Service) renewed(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for range 2 { // twice is once
		if err := s.renewals(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.All(ctx, s.db, db.Text, `SELECT whom FROM job_job WHERE kind = 'member.renewal' ORDER BY whom`)
	if err != nil || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Fatal("somebody has two jobs", all, err)
	}
	for _, member := range all {
		body, _ := json.Marshal(member) // a string
		for range 2 {
			if err := s.renewal(ctx, body); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.exec(t, `DELETE FROM job_job WHERE kind = 'member.renewal'`)
}

func (s *Service) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// here is somebody whose address is theirs, as they come to a page.
func (s *Service) here(t *testing.T, name string, role access.Role) *access.Viewer {
	t.Helper()
	a, _ := add(t, s, name, role)
	if err := s.proven(t.Context(), fact.AddressProven{Member: a.ID}); err != nil {
		t.Fatal(err)
	}
	return s.viewer(t, a.ID)
}

func (s *Service) viewer(t *testing.T, member string) *access.Viewer {
	t.Helper()
	v, err := s.Viewer(t.Context(), member)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *Service) sentTo(v *access.Viewer) (out []mail.Letter) {
	for _, k := range s.mail.(*mail.Tray).Letters() {
		if k.Letter.To == v.Acting.(acting).Email {
			out = append(out, k.Letter)
		}
	}
	return out
}

func key(l mail.Letter) string {
	return regexp.MustCompile(`/stay/([A-Z2-7]+)`).FindStringSubmatch(l.Link.URL)[1]
}

// A year of silence: a question, two reminders a month apart, and rest; not a day
// earlier, however late the round comes. Nothing is removed, and one press brings
// everything back.
func TestSilence(t *testing.T) {
	for _, late := range []int{0, 1, 250} { // days that the server was off, each time
		t.Run(fmt.Sprint(late), func(t *testing.T) {
			rooms(t, func(t *testing.T, s *Service) {
				ctx := t.Context()
				ana, sam, tim := s.here(t, "ana", access.Member), s.here(t, "sam", access.Supporter), s.here(t, "tim", access.Team)
				day := db.Day(time.Now())
				for n, months := range []int{12, 1, 1, 1} {
					next := day.AddDate(0, 0, months*31+1+late) // past every length of a month
					s.on(day.AddDate(0, months, -4))
					s.renewed(t)
					if got := len(s.sentTo(ana)); got != n {
						t.Fatalf("before step %d there are %d letters", n, got)
					}
					day = next
					s.on(day)
					s.renewed(t)
					if got := len(s.sentTo(ana)); got != min(n+1, letters) {
						t.Fatalf("after step %d there are %d letters", n, got)
					}
					if in := s.viewer(t, ana.Member).In(); in != (n < letters) {
						t.Fatalf("after step %d she is in: %v", n, in)
					}
				}
				for _, l := range s.sentTo(ana) {
					says := strings.Join(append(append(l.Paragraphs, l.Foot...), l.Subject, l.Link.Label), " ")
					if strings.Contains(says, "member") || strings.Contains(says, "network") || strings.Contains(says, "ana") || !strings.HasPrefix(l.Link.URL, "https://network.example/stay/") {
						t.Errorf("a letter says %s", l.Plain())
					}
				}
				if n := len(s.sentTo(sam)); n != 0 {
					t.Errorf("a supporter had %d letters", n)
				}
				if n := len(s.sentTo(tim)); n != letters || !s.viewer(t, tim.Member).In() {
					t.Errorf("of the team: %d letters, in %v", n, s.viewer(t, tim.Member).In())
				}
				open, resting, team, err := silence(ctx, s.db, ago(s.now(), between))
				if open != 1 || resting != 1 || !team || err != nil {
					t.Errorf("the desk counts %d, %d, %v, %v", open, resting, team, err)
				}
				s.on(day.AddDate(3, 0, 0))
				s.renewed(t)
				body, _ := json.Marshal(tim.Member)
				if err := s.renewal(ctx, body); err != nil || !s.viewer(t, tim.Member).In() {
					t.Error("a job that was left over takes one of the team out", err)
				}
				if n := len(s.sentTo(ana)) + len(s.sentTo(tim)); n != 2*letters {
					t.Errorf("who rests, or looks after others, is asked on: %d letters", n)
				}
				if ps, err := s.Personas(ctx, s.viewer(t, ana.Member)); err != nil || len(ps) != 1 || ps[0].Name != "ana" {
					t.Errorf("of hers there is %v, %v", ps, err)
				}
				for range 2 {
					if err := s.Stay(ctx, s.viewer(t, ana.Member)); err != nil {
						t.Fatal(err)
					}
				}
				if v := s.viewer(t, ana.Member); !v.In() || v.Persona != ana.Persona || v.Acting.(acting).Renewed != db.Day(s.now()) {
					t.Errorf("she came back as %+v", v)
				}
				s.renewed(t)
				if n := len(s.sentTo(ana)); n != letters {
					t.Error("she is asked again at once")
				}
			})
		})
	}
}

// Whom no letter reaches finds the question on their page, and never lapses; nor
// does anybody of a network that sends none.
func TestNoLetterNoLapse(t *testing.T) {
	for what, send := range map[string]mail.Sender{"nobody has shown that the address is theirs": nil, "no mail": mail.None{},
		"an address that takes none": failing{fault.New(fault.Invalid, "")}} {
		t.Run(what, func(t *testing.T) {
			rooms(t, func(t *testing.T, s *Service) {
				a, _ := add(t, s, "ana", access.Member)
				if send != nil {
					a = s.here(t, "ben", access.Member).Acting.(acting).Account
					s.mail = send
				}
				for month := range 60 {
					s.on(time.Now().AddDate(0, month, 0))
					s.renewed(t)
				}
				x, err := askedOf(t.Context(), s.db, a.ID)
				if err != nil || x == nil || x.Letters != 0 || !s.viewer(t, a.ID).In() {
					t.Errorf("after five years: %+v, %v", x, err)
				}
				if n, err := db.One(t.Context(), s.db, db.Text, `SELECT name FROM web_box`); !errors.Is(err, db.ErrNone) {
					t.Error("links that reached nobody lie about", n, err)
				}
			})
		})
	}
}

type failing struct{ err error }

func (f failing) Send(context.Context, mail.Letter) error { return f.err }

// meanwhile answers while the letter is on its way.
type meanwhile struct {
	answer func() error
	err    error
}

func (m meanwhile) Send(context.Context, mail.Letter) error {
	if err := m.answer(); err != nil {
		panic(err)
	}
	return m.err
}

type dying struct{}

func (dying) Send(context.Context, mail.Letter) error { panic("the power is gone") }

// A letter that could not be sent is tried again; one of which nobody knows
// counts as none, and is not sent twice in a month.
func TestLettersThatFail(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		ana := s.here(t, "ana", access.Member)
		body, _ := json.Marshal(ana.Member)
		tray := s.mail
		day := db.Day(time.Now().AddDate(1, 0, 1))
		s.on(day)
		for range 2 {
			s.mail = failing{errors.New("the line is down")}
			if err := s.renewal(ctx, body); err == nil {
				t.Error("a letter that was not sent is taken for sent")
			}
			if x, err := askedOf(ctx, s.db, ana.Member); x != nil || err != nil {
				t.Errorf("%+v, %v", x, err)
			}
		}
		func() {
			defer func() { _ = recover() }()
			s.mail = dying{}
			_ = s.renewal(ctx, body)
			t.Error("it goes on after the power is gone")
		}()
		s.mail = tray
		s.renewed(t)
		if n := len(s.sentTo(ana)); n != 0 {
			t.Errorf("%d letters went beside the one nobody knows of", n)
		}
		s.on(day.AddDate(0, 0, 32))
		s.renewed(t)
		if x, err := askedOf(ctx, s.db, ana.Member); len(s.sentTo(ana)) != 1 || x == nil || x.Letters != 1 || err != nil {
			t.Errorf("a month later: %d letters, %+v, %v", len(s.sentTo(ana)), x, err)
		}
	})
}

// Who answers while a letter is on its way has answered, whatever becomes of it.
func TestAnswerMeanwhile(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		for name, err := range map[string]error{"sent": nil, "refused": fault.New(fault.Invalid, ""), "failed": errors.New("the line is down")} {
			v := s.here(t, name, access.Member)
			body, _ := json.Marshal(v.Member)
			for year := range 2 { // the first letter, and one after it
				s.on(time.Now().AddDate(2*year+2, 0, 0))
				if year == 1 {
					s.exec(t, `INSERT INTO member_asked (owner_member_id, letters, day) VALUES ($1, 1, $2)`, v.Member, time.Now())
				}
				s.mail = meanwhile{func() error { return s.Stay(ctx, v) }, err}
				_ = s.renewal(ctx, body) // the last of them is tried again
				if x, err := askedOf(ctx, s.db, v.Member); x != nil || err != nil {
					t.Errorf("%s: they are asked on: %+v, %v", name, x, err)
				}
			}
		}
	})
}

// I9, I11: whatever servers and clocks do, one letter goes, and no step is left
// out.
func TestManyWorkers(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		ana := s.here(t, "ana", access.Member)
		body, _ := json.Marshal(ana.Member)
		for n, day := range []time.Time{time.Now().AddDate(5, 0, 0), time.Now().AddDate(9, 0, 0)} {
			s.on(day)
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if err := errors.Join(s.renewals(ctx), s.renewal(ctx, body)); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := len(s.sentTo(ana)); got != n+1 {
				t.Fatalf("%d letters after step %d", got, n+1)
			}
			s.on(day.AddDate(-4, 0, 0)) // the clock was wrong
			s.renewed(t)
		}
		if got := len(s.sentTo(ana)); got != 2 || !s.viewer(t, ana.Member).In() {
			t.Errorf("%d letters, and she is in: %v", got, s.viewer(t, ana.Member).In())
		}
	})
}
