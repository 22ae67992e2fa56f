// Package equal counts who the people here are, by what a network asks for
// equal opportunities: age, gender, ethnicity and the like. Answers are kept apart
// from persons and are never joined back:
//
//   - There is no row for anybody who answered, only how often something was said
//     to one question in a quarter. So nobody's answers to two questions can be put
//     together, either.
//   - Nothing says who answered: neither the account nor the session, nor the key
//     of the form, nor a moment. That somebody opened the questions is noted by the
//     month, before they answer or not. They get a ticket by that, one in a quarter,
//     which nothing ties to them; an answer spends it, under the seal.
//   - The answers of a quarter that is not over, and fewer than fewest to a question,
//     are in no table. They wait in one number of all that is sealed under a key
//     outside the database (seal.go): who has a copy from before and after a visit
//     finds that something was sent, and not what. Nor can they add answers they
//     know until one more fills the ten: all of a quarter are added at once.
//   - What is shown is the last four quarters, once a quarter, by package crowd.
//
// What it can't do: whoever holds the machine holds the key and the database, and
// could watch somebody answer.
package equal

import (
	"slices"
	"time"

	"withus.example/platform/fault"
)

// fewest is how many answers to a question come together before they are added.
const fewest = 10

// ratherNot is an answer to each question: it says that somebody prefers not to.
const ratherNot = "rather-not"

// Question is one of the house's. Its words are locale keys: "equal.q." with its
// key, and for a choice "equal.o.", both keys with a point between. Nobody writes
// words of their own: these tell people apart.
type Question struct {
	Key     string
	Choices []string
}

// questions are all there are. What is asked of them a network chooses.
var questions = []Question{
	{"age", []string{"17", "18", "25", "35", "45", "55", "65", "75", ratherNot}},
	{"gender", []string{"woman", "man", "nonbinary", "other", ratherNot}},
	{"trans", []string{"no", "yes", ratherNot}},
	{"orientation", []string{"straight", "gay", "bi", "ace", "other", ratherNot}},
	{"ethnicity", []string{"arab", "asian", "black", "indigenous", "latin", "roma", "white", "mixed", "other", ratherNot}},
	{"religion", []string{"none", "buddhist", "christian", "hindu", "jewish", "muslim", "sikh", "other", ratherNot}},
	{"disability", []string{"no", "little", "much", ratherNot}},
	{"carer", []string{"no", "some", "much", ratherNot}},
}

func keys() (out []string) {
	for _, q := range questions {
		out = append(out, q.Key)
	}
	return out
}

// picked are those of the questions with some keys, in their order.
func picked(of []string) (out []Question) {
	for _, q := range questions {
		if slices.Contains(of, q.Key) {
			out = append(out, q)
		}
	}
	return out
}

// check says what is wrong with answers, by the keys of their questions.
func check(asked []Question, answers map[string]string) error {
	var p fault.Problems
	for _, q := range asked {
		if said := answers[q.Key]; said != "" {
			p.Choice(q.Key, said, q.Choices...)
		}
	}
	return p.Err()
}

// quarter is the first day of a moment's quarter: no time here is finer.
func quarter(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// month is the first day of a moment's month.
func month(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}
