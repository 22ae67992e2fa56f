package app

import (
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// voice is what the reader said, in any room, under a name or without one.
func (a *App) voice(r *web.Request) (*web.Answer, error) {
	voices, err := a.Members.Voices(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	by := map[string]kit.Voice{}
	var personas []string
	for _, x := range voices {
		by[x.Persona] = x
		personas = append(personas, x.Persona)
	}
	var said []kit.Said
	var about []kit.Ref
	for _, m := range a.Rooms {
		if m.Saying == nil || len(personas) == 0 {
			continue
		}
		all, err := m.Saying(r.Context(), personas)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			said, about = append(said, x), append(about, x.About)
		}
	}
	cards, err := a.cards(r.Context(), r.Viewer, r.Page.Lang, about)
	if err != nil {
		return nil, err
	}
	return web.Show(voiceView(r.Page, said, by, cards, r.FormKey()))
}
