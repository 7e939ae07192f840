// What Go programs do with client-go, over protobuf: one step for each argument, one line or a few for what came of it.
// Built by `go build -o tour-client-go .`; the tour beside it needs that on PATH.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
)

const namespace = "tour-go"
const protobuf = "application/vnd.kubernetes.protobuf"

var virtualServices = schema.GroupVersionResource{
	Group: "networking.istio.io", Version: "v1", Resource: "virtualservices",
}

type tour struct {
	context.Context
	config *rest.Config
	kubernetes.Interface
}

func (t tour) maps() typedcore.ConfigMapInterface { return t.CoreV1().ConfigMaps(namespace) }

var steps = map[string]func(tour) error{
	"pages":     pages,
	"conflict":  conflict,
	"apply":     apply,
	"patch":     patch,
	"watch":     watched,
	"informer":  informer,
	"owned":     owned,
	"finalizer": finalizer,
	"custom":    custom,
	"scale":     scale,
	"label-pod": labelPod,
	"event":     event,
	"election":  election,
	"forbidden": forbidden,
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	check(err)
	config.ContentType = protobuf
	config.AcceptContentTypes = protobuf + ",application/json"
	client, err := kubernetes.NewForConfig(config)
	check(err)
	check(steps[os.Args[1]](tour{ctx, config, client}))
}

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func named(name string, data map[string]string, labels map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Data: data}
}

func (t tour) make(object *corev1.ConfigMap) (*corev1.ConfigMap, error) {
	return t.maps().Create(t, object, metav1.CreateOptions{})
}

// Lists in pieces of ten, what comes of a token that nobody gave, and of a version from the future.
func pages(t tour) error {
	for i := range 25 {
		if _, err := t.make(named(fmt.Sprintf("page-%d", i), nil, map[string]string{"page": "yes"})); err != nil {
			return err
		}
	}
	options := metav1.ListOptions{LabelSelector: "page=yes", Limit: 10}
	for {
		list, err := t.maps().List(t, options)
		if err != nil {
			return err
		}
		fmt.Println("got", len(list.Items))
		if options.Continue = list.Continue; options.Continue == "" {
			break
		}
	}
	_, err := t.maps().List(t, metav1.ListOptions{Limit: 1, Continue: "nonsense"})
	fmt.Println("nonsense:", err)
	return nil
}

// Two who change the same version of an object.
func conflict(t tour) error {
	made, err := t.make(named("shared", map[string]string{"a": "1"}, nil))
	if err != nil {
		return err
	}
	first, second := made.DeepCopy(), made.DeepCopy()
	first.Data["a"], second.Data["a"] = "2", "3"
	if _, err = t.maps().Update(t, first, metav1.UpdateOptions{}); err != nil {
		return err
	}
	_, err = t.maps().Update(t, second, metav1.UpdateOptions{})
	fmt.Println(err)
	return nil
}

func apply(t tour) error {
	with := func(manager, value string) error {
		wanted := applycore.ConfigMap("applied", namespace).WithData(map[string]string{"who": value})
		_, err := t.maps().Apply(t, wanted, metav1.ApplyOptions{FieldManager: manager})
		return err
	}
	if err := with("one", "one"); err != nil {
		return err
	}
	fmt.Println(with("two", "two"))
	return nil
}

func patch(t tour) error {
	if _, err := t.make(named("patched", map[string]string{"a": "1", "b": "2"}, nil)); err != nil {
		return err
	}
	text := []byte(`{"data":{"a":null,"c":"3"}}`)
	got, err := t.maps().Patch(t, "patched", types.StrategicMergePatchType, text, metav1.PatchOptions{})
	if err == nil {
		fmt.Println(got.Data)
	}
	return err
}

func watched(t tour) error {
	events, err := t.maps().Watch(t, metav1.ListOptions{LabelSelector: "seen=yes"})
	if err != nil {
		return err
	}
	defer events.Stop()
	made, err := t.make(named("seen", nil, map[string]string{"seen": "yes"}))
	if err != nil {
		return err
	}
	made.Labels["seen"] = "no"
	if _, err = t.maps().Update(t, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	for range 2 {
		fmt.Println((<-events.ResultChan()).Type)
	}
	return nil
}

// An informer that speaks nothing but protobuf.
func informer(t tour) error {
	config := rest.CopyConfig(t.config)
	config.AcceptContentTypes = protobuf
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	heard := make(chan string, 8)
	maps := factory.Core().V1().ConfigMaps().Informer()
	tell := func(what string, object any) {
		if got, ok := object.(*corev1.ConfigMap); ok && got.Name == "informed" {
			heard <- what
		}
	}
	_, err = maps.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { tell("added", object) },
		DeleteFunc: func(object any) { tell("deleted", object) },
	})
	if err != nil {
		return err
	}
	factory.Start(t.Done())
	fmt.Println("synced", cache.WaitForCacheSync(t.Done(), maps.HasSynced))
	if _, err = t.make(named("informed", nil, nil)); err != nil {
		return err
	}
	fmt.Println(<-heard)
	if err = t.maps().Delete(t, "informed", metav1.DeleteOptions{}); err != nil {
		return err
	}
	fmt.Println(<-heard)
	return nil
}

// What belongs to an object goes with it.
func owned(t tour) error {
	owner, err := t.make(named("owner", nil, nil))
	if err != nil {
		return err
	}
	child := named("child", nil, nil)
	child.OwnerReferences = []metav1.OwnerReference{
		{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID},
	}
	if _, err = t.make(child); err != nil {
		return err
	}
	events, err := t.maps().Watch(t, metav1.ListOptions{FieldSelector: "metadata.name=child"})
	if err != nil {
		return err
	}
	if err = t.maps().Delete(t, "owner", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return until(events, watch.Deleted)
}

func until(events watch.Interface, wanted watch.EventType) error {
	defer events.Stop()
	for each := range events.ResultChan() {
		if each.Type == wanted {
			fmt.Println(wanted)
			return nil
		}
	}
	return errors.New("the watch has ended")
}

// An object that a controller holds back until it has cleared up.
func finalizer(t tour) error {
	held := named("held", nil, nil)
	held.Finalizers = []string{"example.com/clear-up"}
	if _, err := t.make(held); err != nil {
		return err
	}
	if err := t.maps().Delete(t, "held", metav1.DeleteOptions{}); err != nil {
		return err
	}
	got, err := t.maps().Get(t, "held", metav1.GetOptions{})
	if err != nil {
		return err
	}
	fmt.Println("marked", got.DeletionTimestamp != nil)
	got.Finalizers = nil
	if _, err = t.maps().Update(t, got, metav1.UpdateOptions{}); err != nil {
		return err
	}
	_, err = t.maps().Get(t, "held", metav1.GetOptions{})
	fmt.Println(err)
	return nil
}

// Istio's objects, which are no built-in kind, and one that Istio refuses.
func custom(t tour) error {
	config := rest.CopyConfig(t.config)
	config.ContentType, config.AcceptContentTypes = "", ""
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	service := func(name string, weight int64) *unstructured.Unstructured {
		to := func(host string, weight int64) any {
			return map[string]any{"destination": map[string]any{"host": host}, "weight": weight}
		}
		route := []any{to("one.example", weight), to("two.example", 20)}
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
			"metadata": map[string]any{"name": name},
			"spec": map[string]any{
				"hosts": []any{"api.example"}, "http": []any{map[string]any{"route": route}},
			},
		}}
	}
	all := client.Resource(virtualServices).Namespace(namespace)
	made, err := all.Create(t, service("split", 80), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	fmt.Println(made.GetName(), "generation", made.GetGeneration())
	_, err = all.Create(t, service("wrong", -5), metav1.CreateOptions{})
	fmt.Println(err)
	return nil
}

func scale(t tour) error {
	all := t.AppsV1().Deployments(namespace)
	got, err := all.GetScale(t, "sleeper", metav1.GetOptions{})
	if err != nil {
		return err
	}
	got.Spec.Replicas = 2
	got, err = all.UpdateScale(t, "sleeper", got, metav1.UpdateOptions{})
	if err == nil {
		fmt.Println(got.Spec.Replicas, got.Status.Selector)
	}
	return err
}

// A pod that is read, and written again with one label more.
func labelPod(t tour) error {
	all := t.CoreV1().Pods(namespace)
	list, err := all.List(t, metav1.ListOptions{LabelSelector: "app=sleeper"})
	if err != nil {
		return err
	}
	pod := list.Items[0]
	pod.Labels["seen"] = "yes"
	got, err := all.Update(t, &pod, metav1.UpdateOptions{})
	if err == nil {
		fmt.Println(got.Labels["seen"])
	}
	return err
}

// As a controller tells of what it does.
func event(t tour) error {
	made, err := t.make(named("told-of", nil, nil))
	if err != nil {
		return err
	}
	options := metav1.ListOptions{FieldSelector: "involvedObject.name=told-of"}
	events, err := t.CoreV1().Events(namespace).Watch(t, options)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster()
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: t.CoreV1().Events(namespace)})
	source := corev1.EventSource{Component: "tour"}
	broadcaster.NewRecorder(scheme.Scheme, source).Event(made, "Normal", "Told", "somebody was here")
	got := (<-events.ResultChan()).Object.(*corev1.Event)
	fmt.Println(got.Reason, got.Message, got.InvolvedObject.Kind, got.Count)
	return nil
}

func election(t tour) error {
	ctx, end := context.WithCancel(t)
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
		Client:     t.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: "me"},
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: lock, ReleaseOnCancel: true,
		LeaseDuration: 4 * time.Second, RenewDeadline: 3 * time.Second, RetryPeriod: time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { fmt.Println("leads"); end() },
			OnStoppedLeading: func() { fmt.Println("leads no more") },
		},
	})
	return nil
}

// As somebody who may read and not write.
func forbidden(t tour) error {
	config := rest.CopyConfig(t.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "reader"}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(namespace)
	list, err := maps.List(t, metav1.ListOptions{LabelSelector: "nobody=has"})
	if err != nil {
		return err
	}
	fmt.Println("reads", len(list.Items))
	_, err = maps.Create(t, named("mine", nil, nil), metav1.CreateOptions{})
	fmt.Println(err)
	return nil
}
