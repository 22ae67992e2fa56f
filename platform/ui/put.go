package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// What templ generates is made to call these three: see command lean.

// Context is context.Context, for files that do not import it.
type Context = context.Context

// Put writes what stands in a template before some words, and the words, which
// say nothing in HTML.
func Put(b *templruntime.Buffer, before, words string) error {
	if _, err := b.WriteString(before); err != nil {
		return err
	}
	_, err := b.WriteString(templ.EscapeString(words))
	return err
}

// Made is a component of a template. children is what stands inside it where it is
// used.
func Made(draw func(ctx Context, b *templruntime.Buffer, children templ.Component) error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return buffered(w, func(b *templruntime.Buffer) error {
			ctx := templ.InitializeContext(ctx)
			children := templ.GetChildren(ctx)
			return draw(templ.ClearChildren(ctx), b, children)
		})
	})
}

// Inside is what a template puts inside another component.
func Inside(draw func(ctx Context, b *templruntime.Buffer, _ templ.Component) error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return buffered(w, func(b *templruntime.Buffer) error { return draw(templ.InitializeContext(ctx), b, nil) })
	})
}

// buffered has something drawn into the buffer that w is, or into one before it.
func buffered(w io.Writer, draw func(b *templruntime.Buffer) error) (err error) {
	b, is := templruntime.GetBuffer(w)
	if !is {
		defer func() {
			if end := templruntime.ReleaseBuffer(b); err == nil {
				err = end
			}
		}()
	}
	return draw(b)
}
