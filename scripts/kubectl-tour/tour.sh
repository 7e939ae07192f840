#!/bin/bash
# A kubectl tour: KUBECONFIG in the environment (or first of two arguments), output folder.
#   tour.sh OUT        or        tour.sh KUBECONFIG OUT
# Writes OUT/NNN-name.txt for each command: the command, stdout, stderr, exit. Leaves the world as it was.
set -u
if [ $# -ge 2 ]; then export KUBECONFIG=$1; shift; fi
OUT=$1; mkdir -p "$OUT"; rm -f "$OUT"/*.txt
W=$(mktemp -d); trap 'rm -rf "$W"' EXIT
N=0
NS=mesh-network
k() { # k NAME ARGS...: kubectl ARGS (stdin passed on)
  local name=$1; shift
  N=$((N + 1))
  local f; f=$(printf '%s/%03d-%s.txt' "$OUT" "$N" "$name")
  timeout 60 kubectl "$@" >"$W/out" 2>"$W/err"
  local rc=$?
  { echo "\$ kubectl $(printf '%q ' "$@")"; echo "--- stdout"; cat "$W/out"; echo "--- stderr"; cat "$W/err"; echo "--- exit $rc"; } | sed "s#$W/##g" >"$f"
}
cat >"$W/se.yaml" <<Y
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: tour-se
  namespace: mesh-network
  labels: {tour: "yes"}
spec:
  hosts: [api.safedata-zone.io]
  location: MESH_EXTERNAL
  resolution: DNS
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 443, name: https, protocol: HTTPS}
Y
cat >"$W/dr.yaml" <<Y
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata:
  name: tour-dr
  namespace: mesh-network
spec:
  host: api.safedata-zone.io
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 30}}
Y
cat >"$W/vs.yaml" <<Y
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: tour-vs
  namespace: mesh-network
spec:
  hosts: [api.safedata-zone.io]
  http:
  - timeout: 2s
    route:
    - destination: {host: api.safedata-zone.io, port: {number: 80}}
Y
cat >"$W/all.yaml" <<Y
$(cat "$W/se.yaml")
---
$(cat "$W/dr.yaml")
---
$(cat "$W/vs.yaml")
Y
sed 's/timeout: 2s/timeout: 3s/' "$W/vs.yaml" >"$W/vs3.yaml"
sed 's/timeout: 2s/tiemout: 2s/' "$W/vs.yaml" >"$W/vs-unknown.yaml"
sed 's/timeout: 2s/timeout: soon/' "$W/vs.yaml" >"$W/vs-duration.yaml"
sed 's/number: 80/number: 99999/' "$W/se.yaml" >"$W/se-port.yaml"
sed 's/resolution: DNS/resolution: DSN/' "$W/se.yaml" >"$W/se-enum.yaml"
sed 's/hosts: .*/hosts: []/' "$W/se.yaml" >"$W/se-nohosts.yaml"
sed 's/namespace: mesh-network/namespace: nowhere/' "$W/se.yaml" >"$W/se-nons.yaml"
sed 's/kind: ServiceEntry/kind: ServiceEnrty/' "$W/se.yaml" >"$W/se-kind.yaml"
sed 's/name: tour-se/name: Tour_SE/' "$W/se.yaml" >"$W/se-name.yaml"
sed 's/tour-vs/tour-bad/; s/- timeout: 2s/- retries: {attempts: 2, retryOn: "5xx, reset"}/' "$W/vs.yaml" >"$W/vs-webhook.yaml"
printf 'this: is\n  not: [yaml\n' >"$W/broken.yaml"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tour-cm, namespace: mesh-network}\ndata: {a: "1"}\n' >"$W/cm.yaml"

# what is there
k version version
k version-raw get --raw /version
k cluster-info cluster-info
k api-versions api-versions
k api-resources api-resources
k api-resources-istio api-resources --api-group=networking.istio.io
k api-resources-wide api-resources --api-group=networking.istio.io -o wide
k api-resources-verbs api-resources --namespaced=true --verbs=list -o name
k get-ns get ns
k get-ns-labels get ns mesh-network outside --show-labels
k get-all -n $NS get all
k get-pods -n $NS get pods
k get-pods-A get pods -A
k get-pods-wide -n $NS get pods -o wide
k get-pods-labels -n $NS get pods --show-labels
k get-pods-selector -n $NS get pods -l app=client
k get-pods-selector-none -n $NS get pods -l app=nobody
k get-pods-selector-set -n $NS get pods -l 'app in (client,catalog)' -o name
k get-pods-selector-not -n $NS get pods -l 'app!=client' -o name
k get-pods-L -n $NS get pods -L app
k get-pods-name -n $NS get pods -o name
k get-pods-field -n $NS get pods --field-selector=status.phase=Running -o name
k get-pods-jsonpath -n $NS get pods -l app=client -o 'jsonpath={.items[0].status.phase} {.items[0].spec.containers[*].name} {.items[0].spec.initContainers[*].name}'
k get-pods-columns -n $NS get pods -o custom-columns=NAME:.metadata.name,PHASE:.status.phase
k get-pods-sort get pods -A --sort-by=.metadata.name -o name
k get-pod-yaml -n $NS get pod -l app=client -o yaml
k get-pods-noheaders -n outside get pods --no-headers
k get-svc -n outside get svc
k get-svc-wide -n $NS get services -o wide
k get-svc-yaml -n $NS get svc catalog -o yaml
k get-ep -n $NS get endpoints
k get-eps -n $NS get endpointslices
k get-eps-yaml -n $NS get endpointslices -l kubernetes.io/service-name=catalog -o yaml
k get-deploy -n outside get deploy
k get-deploy-wide -n $NS get deployments -o wide
k get-deploy-yaml -n $NS get deploy catalog -o yaml
k get-rs -n $NS get rs
k get-cm -n $NS get cm
k get-secret -n $NS get secrets
k get-sa -n $NS get sa
k get-sidecar -n $NS get sidecars
k get-sidecar-yaml -n $NS get sidecar default -o yaml
k get-events -n $NS get events
k get-multi -n $NS get svc,deploy
k get-none -n $NS get vs,se,dr
k get-none-A get vs -A
k get-nodes get nodes
# mistakes
k get-unknown-type get foo
k get-unknown-type-ns -n $NS get virtualservce
k get-unknown-name -n $NS get se nosuch
k get-unknown-names -n $NS get pod/nosuch svc/nosuch2
k get-unknown-ns -n nowhere get pods
k get-unknown-raw get --raw /apis/nosuch.io/v1
k get-unknown-path get --raw /nosuch
k get-ignore -n $NS get se nosuch --ignore-not-found
# describe
k describe-pod -n $NS describe pod -l app=client
k describe-svc -n $NS describe svc catalog
k describe-deploy -n $NS describe deployment client
k describe-ns describe ns $NS
k describe-none -n $NS describe vs nosuch
# apply and what it makes
k diff-new diff -f "$W/all.yaml"
k apply-dry-client apply --dry-run=client -f "$W/all.yaml"
k apply-dry-server apply --dry-run=server -f "$W/all.yaml"
k apply-new apply -f "$W/all.yaml"
k apply-again apply -f "$W/all.yaml"
k get-se -n $NS get se
k get-se-long -n $NS get serviceentries.networking.istio.io -o wide
k get-dr -n $NS get dr
k get-vs -n $NS get vs
k get-vs-wide -n $NS get vs -o wide
k get-vs-A get virtualservices -A
k get-vs-labels -n $NS get se --show-labels
k get-vs-yaml -n $NS get vs tour-vs -o yaml
k get-vs-json -n $NS get vs tour-vs -o json
k get-vs-v1beta1 -n $NS get virtualservices.v1beta1.networking.istio.io tour-vs -o yaml
k get-vs-v1alpha3 -n $NS get virtualservices.v1alpha3.networking.istio.io
k get-vs-managed -n $NS get vs tour-vs -o yaml --show-managed-fields
k get-vs-name -n $NS get vs,se,dr -o name
k get-istio-io -n $NS get istio-io
k get-category-all -n $NS get networking.istio.io
k describe-vs -n $NS describe vs tour-vs
k describe-se -n $NS describe se tour-se
k describe-dr -n $NS describe dr/tour-dr
k diff-same diff -f "$W/all.yaml"
k diff-changed diff -f "$W/vs3.yaml"
k apply-changed apply -f "$W/vs3.yaml"
k get-changed -n $NS get vs tour-vs -o 'jsonpath={.spec.http[0].timeout} {.metadata.generation}'
k view-last-applied -n $NS apply view-last-applied vs/tour-vs
k apply-server apply --server-side -f "$W/vs.yaml"
k apply-server-force apply --server-side --force-conflicts -f "$W/vs.yaml"
k apply-client-after apply -f "$W/vs.yaml"
k create-exists create -f "$W/se.yaml"
k replace replace -f "$W/vs3.yaml"
# patch, label, annotate, set
k patch-merge -n $NS patch vs tour-vs --type=merge -p '{"spec":{"http":[{"timeout":"5s","route":[{"destination":{"host":"api.safedata-zone.io","port":{"number":80}}}]}]}}'
k patch-json -n $NS patch vs tour-vs --type=json -p '[{"op":"replace","path":"/spec/http/0/timeout","value":"6s"}]'
k patch-json-test -n $NS patch vs tour-vs --type=json -p '[{"op":"test","path":"/spec/http/0/timeout","value":"9s"}]'
k patch-json-bad -n $NS patch vs tour-vs --type=json -p '[{"op":"replace","path":"/spec/nosuch/0","value":1}]'
k patch-nochange -n $NS patch vs tour-vs --type=merge -p '{}'
k patch-strategic-crd -n $NS patch vs tour-vs -p '{"metadata":{"labels":{"a":"b"}}}'
k patch-strategic -n $NS patch deploy catalog -p '{"metadata":{"labels":{"tour":"1"}}}'
k patch-strategic-back -n $NS patch deploy catalog -p '{"metadata":{"labels":{"tour":null}}}'
k patch-invalid -n $NS patch vs tour-vs --type=merge -p '{"spec":{"http":"no"}}'
k patch-unknown-field -n $NS patch vs tour-vs --type=merge -p '{"spec":{"htpp":[]}}'
k patch-missing -n $NS patch vs nosuch --type=merge -p '{}'
k label -n $NS label vs tour-vs team=a
k label-again -n $NS label vs tour-vs team=b
k label-overwrite -n $NS label vs tour-vs team=b --overwrite
k label-remove -n $NS label vs tour-vs team-
k label-get -n $NS get vs -l tour=yes
k annotate -n $NS annotate se tour-se note='hello there'
k annotate-remove -n $NS annotate se tour-se note-
cat >"$W/ed.sh" <<X
#!/bin/sh
sed -i "s/timeout: 6s/timeout: 7s/" "\$1"
X
chmod +x "$W/ed.sh"; export KUBE_EDITOR="$W/ed.sh"
k edit-by-editor -n $NS edit vs tour-vs
# refused
k apply-unknown-field apply -f "$W/vs-unknown.yaml"
k apply-unknown-field-warn apply --validate=warn -f "$W/vs-unknown.yaml"
k apply-unknown-field-ignore apply --validate=false -f "$W/vs-unknown.yaml"
k apply-back apply -f "$W/vs.yaml"
k apply-duration apply -f "$W/vs-duration.yaml"
k apply-port apply -f "$W/se-port.yaml"
k apply-enum apply -f "$W/se-enum.yaml"
k apply-nohosts apply -f "$W/se-nohosts.yaml"
k apply-nons apply -f "$W/se-nons.yaml"
k apply-kind apply -f "$W/se-kind.yaml"
k apply-name apply -f "$W/se-name.yaml"
k apply-webhook apply -f "$W/vs-webhook.yaml"
k apply-broken apply -f "$W/broken.yaml"
k apply-nofile apply -f "$W/nosuch.yaml"
k apply-cm apply -f "$W/cm.yaml"
k create-cm -n $NS create configmap tour-cm2 --from-literal=a=1
k get-cm-yaml -n $NS get cm tour-cm -o yaml
k delete-cm -n $NS delete cm tour-cm tour-cm2
k create-ns create ns tour-ns
k get-ns-new get ns tour-ns
k delete-ns delete ns tour-ns
# exec and logs
k exec-ok -n $NS exec deploy/client -c curl -- curl -sS -o /dev/null -w '%{http_code}\n' http://catalog/
k exec-default-container -n $NS exec deploy/client -- curl -sS -o /dev/null -w '%{http_code}\n' http://catalog/
k exec-6 -n $NS exec deploy/client -c curl -- curl -sS http://no-such-host.example/
k exec-7 -n $NS exec deploy/client -c curl -- curl -sS -m 5 http://127.0.0.1:1/
k exec-22 -n $NS exec deploy/client -c curl -- curl -sSf -o /dev/null http://catalog/status/404
k exec-28 -n $NS exec deploy/client -c curl -- curl -sS -m 1 http://catalog/delay/3
k exec-stdin -n $NS exec -i deploy/client -c curl -- curl -sS -o /dev/null -w '%{http_code} %{size_upload}\n' -d @- http://catalog/ <<<"from stdin"
k exec-no-container -n $NS exec deploy/client -c nosuch -- true
k exec-no-command -n $NS exec deploy/client -c curl -- no-such-command
k exec-no-pod -n $NS exec nosuch -- true
k exec-no-deploy -n $NS exec deploy/nosuch -- true
k exec-agent -n $NS exec deploy/client -c istio-proxy -- pilot-agent request GET server_info
k logs-tail -n $NS logs deploy/client -c istio-proxy --tail=2
k logs-since -n $NS logs deploy/client -c istio-proxy --since=1s
k logs-default -n $NS logs deploy/client --tail=3
k logs-api -n $NS logs deploy/catalog --tail=1
k logs-api-timestamps -n $NS logs deploy/catalog --tail=1 --timestamps
k logs-selector -n $NS logs -l app=catalog --tail=1 --prefix
k logs-no-container -n $NS logs deploy/client -c nosuch
k logs-no-pod -n $NS logs nosuch
k logs-previous -n $NS logs deploy/catalog --previous
# wait, scale, rollout
k wait-deploy -n $NS wait --for=condition=Available deploy/client --timeout=20s
k wait-pod -n $NS wait --for=condition=Ready pod -l app=client --timeout=20s
k wait-jsonpath -n $NS wait --for=jsonpath='{.spec.host}'=api.safedata-zone.io dr/tour-dr --timeout=5s
k wait-timeout -n $NS wait --for=jsonpath='{.spec.host}'=other dr/tour-dr --timeout=1s
k wait-missing -n $NS wait --for=condition=Ready pod/nosuch --timeout=2s
k scale-0 -n outside scale deploy safedata-canary --replicas=0
k wait-delete -n outside wait --for=delete pod -l app=safedata-canary --timeout=30s
k get-scaled -n outside get deploy safedata-canary
k get-scaled-eps -n outside get endpointslices -l kubernetes.io/service-name=safedata-canary
k scale-1 -n outside scale deploy/safedata-canary --replicas=1
k rollout-status -n outside rollout status deploy/safedata-canary --timeout=60s
k rollout-restart -n outside rollout restart deploy/safedata-canary
k rollout-status-2 -n outside rollout status deploy/safedata-canary --timeout=60s
k rollout-history -n outside rollout history deploy/safedata-canary
k set-env -n outside set env deploy/safedata-canary FIREWALL=403
k set-env-status -n outside rollout status deploy/safedata-canary --timeout=60s
k set-env-back -n outside set env deploy/safedata-canary FIREWALL=off
k set-env-back-status -n outside rollout status deploy/safedata-canary --timeout=60s
k set-env-list -n outside set env deploy/safedata-canary --list
k delete-pod -n outside delete pod -l app=safedata-canary
k delete-pod-wait -n outside wait --for=condition=Available deploy/safedata-canary --timeout=30s
k events-cmd -n outside events
# the rest
k explain explain virtualservice
k explain-field explain virtualservice.spec.http.retries
k explain-recursive explain dr.spec.trafficPolicy.tls --recursive
k explain-unknown explain vs.spec.nosuch
k explain-pod explain pod.spec.nodeName
k can-i auth can-i create virtualservices.networking.istio.io -n $NS
k can-i-all auth can-i '*' '*'
k can-i-list auth can-i --list -n $NS
k whoami auth whoami
k top top pods -n $NS
k port-forward port-forward -n $NS svc/nosuch 0:80
k get-raw-list get --raw "/apis/networking.istio.io/v1/namespaces/$NS/virtualservices?limit=1"
k get-raw-apis get --raw /apis
k get-raw-group get --raw /apis/networking.istio.io/v1
k get-raw-healthz get --raw /healthz
k get-raw-readyz get --raw /readyz
k get-watch -n $NS get vs --watch --request-timeout=2s
k get-chunk -n outside get pods --chunk-size=1 -o name
# delete
k delete-missing -n $NS delete vs nosuch
k delete-missing-ignored -n $NS delete vs nosuch --ignore-not-found
k delete-dry -n $NS delete vs tour-vs --dry-run=server
k delete-one -n $NS delete vs tour-vs
k delete-label -n $NS delete se -l tour=yes
k delete-file delete -f "$W/all.yaml"
k delete-file-ignored delete -f "$W/all.yaml" --ignore-not-found
k get-end -n $NS get vs,se,dr
echo "$N commands"
