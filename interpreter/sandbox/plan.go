package sandbox

// childName is Args[0] of the first stage, by which init sees that it is the child.
const childName = "qwen-agent-sandbox"

// Descriptors of the child. setupFD is closed when the program starts.
const (
	inFD    = 3
	outFD   = 4
	setupFD = 5
)

// maxPacket is the longest packet over setupFD, in bytes.
const maxPacket = 128 << 10

// goOn is the packet after which the first stage becomes the program: its cgroup holds.
const goOn = 1

// plan is what the parent tells the first stage, over setupFD.
type plan struct {
	Program Program `json:"program"`
	Limits  Limits  `json:"limits"`

	Root       bool   `json:"root"`     // build a private root
	Work       string `json:"work"`     // workspace, on the machine if there is no private root
	Temp       string `json:"temp"`     // temporary folder, likewise
	PID        bool   `json:"pid"`      // has a pid namespace
	UTS        bool   `json:"uts"`      // has a uts namespace
	UID        int    `json:"uid"`      // user and group to become; -1 to stay
	Groups     bool   `json:"groups"`   // can give up supplementary groups
	Processes  int    `json:"nproc"`    // RLIMIT_NPROC; 0 is none
	Rlimits    bool   `json:"rlimits"`  //
	NoNewPrivs bool   `json:"nnp"`      //
	Landlock   bool   `json:"landlock"` //
	Seccomp    bool   `json:"seccomp"`  //
}

// progress is what the first stage answers: the layers that hold since its last answer, and
// either one that cannot be had, or Wait, after which it waits for goOn, or Go, after which
// the program starts and the socket is closed. There are few answers: each wakes the parent.
type progress struct {
	Built []built `json:"built,omitempty"`
	Layer Layer   `json:"layer,omitempty"` // that Error is about
	Error string  `json:"error,omitempty"`
	Wait  bool    `json:"wait,omitempty"`
	Go    bool    `json:"go,omitempty"`
}

// built is a layer that holds.
type built struct {
	Layer  Layer  `json:"layer"`
	Detail string `json:"detail,omitempty"`
}
