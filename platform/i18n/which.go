package i18n

import "golang.org/x/text/language"

// Which of the network's languages is spoken to whom.

// Get is the language of a code, nil if the network does not speak it.
func (c *Catalog) Get(code string) *Lang {
	for _, l := range c.Spoken() {
		if l.Code == code {
			return l
		}
	}
	return nil
}

// For is the language of a code if the network speaks it, else its first one.
func (c *Catalog) For(code string) *Lang {
	if l := c.Get(code); l != nil {
		return l
	}
	return c.First()
}

// Match is the language that suits an Accept-Language header best.
func (c *Catalog) Match(accept string) *Lang {
	s := c.now.Load()
	if l, ok := s.matched.Load(accept); ok {
		return l.(*Lang)
	}
	l := s.match(accept)
	if len(accept) < 100 && s.n.Add(1) <= 1000 { // a rough bound is bound enough
		s.matched.Store(accept, l)
	}
	return l
}

func (s *spoken) match(accept string) *Lang {
	if accept == "" || len(accept) > 200 {
		return s.langs[0]
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return s.langs[0]
	}
	_, i, _ := s.matcher.Match(tags...)
	return s.langs[i]
}
