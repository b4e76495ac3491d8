//go:build linux && (amd64 || arm64)

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// converse sends the plan and hears what the first stage says, until the program starts.
func (l *launch) converse(ctx context.Context) error {
	packet, err := json.Marshal(l.plan)
	if err != nil {
		return fmt.Errorf("sandbox: start: %w", err)
	}
	if len(packet) > maxPacket {
		return fmt.Errorf("sandbox: start: the program's paths, arguments and environment take %d bytes, wanted at most %d", len(packet), maxPacket)
	}
	if err := unix.Sendmsg(l.setup, packet, nil, nil, unix.MSG_NOSIGNAL); err != nil {
		return fmt.Errorf("sandbox: start: send the plan: %w", err)
	}
	if err := l.bound(); err != nil { // in which time the stage builds
		return err
	}
	// Whatever the stage does, it is over when the context is.
	stop := context.AfterFunc(ctx, l.process.killAll)
	defer stop()
	limit := time.AfterFunc(startLimit, l.process.killAll)
	defer limit.Stop()
	for {
		said, err := l.hear()
		for _, b := range said.Built {
			l.states[b.Layer] = LayerState{b.Layer, true, b.Detail}
		}
		switch {
		case err == nil && said.Go && l.unbuilt() != "":
			return &MissingError{l.config.Level, l.unbuilt(), "the first stage did not say that it holds"}
		case err == nil && said.Go:
			return l.started(ctx)
		case err == nil && said.Wait:
			if err := l.close(); err != nil {
				return err
			}
			if err := unix.Sendmsg(l.setup, []byte{goOn}, nil, nil, unix.MSG_NOSIGNAL); err != nil && err != unix.EPIPE {
				return fmt.Errorf("sandbox: start: %w", err)
			}
		case err == nil && said.Error != "":
			if said.Layer != "" && l.config.Level != Off {
				return &MissingError{l.config.Level, said.Layer, said.Error}
			}
			return fmt.Errorf("sandbox: start: %s", said.Error)
		case err == nil:
			return fmt.Errorf("sandbox: start: the first stage said neither that it waits nor what is wrong")
		case ctx.Err() != nil:
			return fmt.Errorf("sandbox: start: %w", context.Cause(ctx))
		default:
			<-l.process.done
			return fmt.Errorf("sandbox: start: the first stage ended: %v: %w%s", l.process.state, err, l.lastWords())
		}
	}
}

// unbuilt is the first layer that the first stage was to build and has not reported.
func (l *launch) unbuilt() Layer {
	for _, c := range []struct {
		asked bool
		layer Layer
	}{
		{l.plan.UTS, UTSNamespace}, {l.plan.Root, MountNamespace}, {l.plan.UID >= 0, User}, {l.plan.Rlimits, Rlimits},
		{l.plan.NoNewPrivs, NoNewPrivs}, {l.plan.Landlock, Landlock}, {l.plan.Seccomp, Seccomp},
	} {
		if c.asked && !l.states[c.layer].Holds {
			return c.layer
		}
	}
	return ""
}

// lastWords is what a first stage that has ended wrote to its standard error.
func (l *launch) lastWords() string {
	l.process.Stderr.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	text, _ := io.ReadAll(io.LimitReader(l.process.Stderr, 2000))
	if len(text) == 0 {
		return ""
	}
	return ": " + strings.TrimSpace(string(text))
}

// startLimit is how long the first stage may take. It waits for nothing but the kernel.
const startLimit = 20 * time.Second

// started waits until execve has closed the socket, or hears that it could not be.
func (l *launch) started(ctx context.Context) error {
	said, err := l.hear()
	switch {
	case err == io.EOF && ctx.Err() == nil:
		return nil
	case err == io.EOF:
		return fmt.Errorf("sandbox: start: %w", context.Cause(ctx))
	case err != nil:
		return fmt.Errorf("sandbox: start: %w", err)
	}
	return fmt.Errorf("sandbox: start: %s", said.Error)
}

// hear receives one packet of the first stage, with the workspace if it brings it.
func (l *launch) hear() (said progress, err error) {
	packet, rights := make([]byte, 16<<10), make([]byte, unix.CmsgSpace(4))
	var n, nRights int
	for {
		n, nRights, _, _, err = unix.Recvmsg(l.setup, packet, rights, unix.MSG_CMSG_CLOEXEC)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return said, fmt.Errorf("hear the first stage: %w", err)
	}
	if n == 0 {
		return said, io.EOF
	}
	if err := json.Unmarshal(packet[:n], &said); err != nil {
		return said, fmt.Errorf("hear the first stage: %w", err)
	}
	if nRights > 0 {
		err = l.takeWork(rights[:nRights])
	}
	return said, err
}

// takeWork opens the workspace that came as a descriptor.
func (l *launch) takeWork(rights []byte) error {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return err
	}
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return err
		}
		for _, fd := range fds {
			if l.process.Work == nil {
				l.process.Work, err = os.OpenRoot(fmt.Sprintf("/proc/self/fd/%d", fd))
			}
			unix.Close(fd)
		}
		if err != nil {
			return fmt.Errorf("open the workspace: %w", err)
		}
	}
	return nil
}
