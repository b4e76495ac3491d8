package sandbox

import (
	"fmt"
	"strings"
)

// Level says how much of the sandbox must hold.
type Level int

// The levels. The zero value is the safe one.
const (
	Strict Level = iota // every layer, or Start refuses
	Basic               // what an old kernel has: see Report.Missing
	Off                 // none: the program may do whatever its user may
)

var levelNames = [...]string{Strict: "strict", Basic: "basic", Off: "off"}

func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return levelNames[l]
}

// MarshalText is the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// ParseLevel returns the level of that name.
func ParseLevel(name string) (Level, error) {
	for l, n := range levelNames {
		if n == name {
			return Level(l), nil
		}
	}
	return Strict, fmt.Errorf("sandbox: level %q, wanted strict, basic or off", name)
}

// Layer is one of the walls around the program.
type Layer string

// The layers, from what surrounds the process to what the process does to itself.
const (
	UserNamespace  Layer = "user namespace"    // its own user ids; it owns nothing outside
	MountNamespace Layer = "private root"      // sees only files that it was given, in a mount namespace
	PIDNamespace   Layer = "pid namespace"     // sees and signals only its own processes
	NetNamespace   Layer = "network namespace" // has no network, not even the machine's own
	IPCNamespace   Layer = "ipc namespace"     // shares no System V or POSIX objects
	UTSNamespace   Layer = "uts namespace"     // has its own host name
	Cgroup         Layer = "cgroup"            // memory and processes are counted for all of it together
	User           Layer = "user"              // does not run as root, whatever started it
	Rlimits        Layer = "rlimits"           // memory, files, processes and descriptors of each process
	NoNewPrivs     Layer = "no new privileges" // no set-user-id file raises it; it holds no capability
	Landlock       Layer = "landlock"          // opens and executes only files that it was given
	Seccomp        Layer = "seccomp"           // calls only those parts of the kernel that are on a list
)

// Layers has all of them in order.
var Layers = []Layer{
	UserNamespace, MountNamespace, PIDNamespace, NetNamespace, IPCNamespace, UTSNamespace,
	Cgroup, User, Rlimits, NoNewPrivs, Landlock, Seccomp,
}

// LayerState says of one layer whether it holds.
type LayerState struct {
	Layer  Layer  `json:"layer"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail,omitempty"` // what it is made of, or why it is missing
}

// Report says which layers hold around a program.
type Report struct {
	Level  Level        `json:"level"` // reached: Strict if every layer that it asks for holds
	Layers []LayerState `json:"layers"`
}

// Missing lists the layers that do not hold, each with its reason.
func (r Report) Missing() []LayerState {
	var missing []LayerState
	for _, l := range r.Layers {
		if !l.Holds {
			missing = append(missing, l)
		}
	}
	return missing
}

// Holds says whether a layer holds.
func (r Report) Holds(layer Layer) bool {
	for _, l := range r.Layers {
		if l.Layer == layer {
			return l.Holds
		}
	}
	return false
}

// String is the level in one line with what is missing, as "basic, without landlock".
func (r Report) String() string {
	var names []string
	for _, l := range r.Missing() {
		names = append(names, string(l.Layer))
	}
	if len(names) == 0 || r.Level == Off {
		return r.Level.String()
	}
	return r.Level.String() + ", without " + strings.Join(names, ", ")
}

// MissingError says that a level cannot be had.
type MissingError struct {
	Level  Level
	Layer  Layer  // the first that does not hold
	Reason string // why, and what would help if that is known
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("sandbox: level %s asks for %s, which cannot be had: %s", e.Level, e.Layer, e.Reason)
}

// optional says whether strict can be reached without a layer: the cgroup is taken where
// we may; a limit per process and the watch from outside stand in for it.
func optional(l Layer) bool { return l == Cgroup }
