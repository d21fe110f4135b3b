{{/* The list of functions, as the program has it: functions.json is written and held by a test of functions/errand. */}}
{{- define "errand.house" -}}
{{- .Files.Get "functions.json" -}}
{{- end }}

{{- define "errand.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "errand.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Labels of a part: (list $ "recur"). */}}
{{- define "errand.labels" -}}
{{ include "errand.selector" . }}
{{- with index . 0 }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
{{- end }}

{{- define "errand.selector" -}}
app.kubernetes.io/name: errand
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* The settings of a function: the defaults, and over them its own. (list $ "recur") */}}
{{- define "errand.function" -}}
{{- $ := index . 0 -}}
{{- $own := index $.Values.functions (index . 1) | default dict -}}
{{- mustMergeOverwrite (deepCopy $.Values.functionDefaults) (deepCopy $own) | toJson -}}
{{- end }}

{{/* NAME=URL of functions, with commas between: (list $ "answers"), (list $ "is woken"), or (list $ "either"). */}}
{{- define "errand.addresses" -}}
{{- $ := index . 0 -}}
{{- $which := index . 1 -}}
{{- $all := list -}}
{{- range (include "errand.house" $ | fromJson).functions -}}
{{- if or (and .paths (ne $which "is woken")) (and .subscribes (ne $which "answers")) -}}
{{- $all = append $all (printf "%s=http://%s-%s.%s.svc.%s" .name (include "errand.name" $) .name $.Release.Namespace $.Values.clusterDomain) -}}
{{- end -}}
{{- end -}}
{{- join "," $all -}}
{{- end }}

{{/* NAME=EVENT+EVENT of functions, with commas between. */}}
{{- define "errand.subscriptions" -}}
{{- $all := list -}}
{{- range (include "errand.house" $ | fromJson).functions -}}
{{- if .subscribes -}}
{{- $types := list -}}
{{- range .subscribes }}{{ $types = concat $types . }}{{ end -}}
{{- $all = append $all (printf "%s=%s" .name (join "+" $types)) -}}
{{- end -}}
{{- end -}}
{{- join "," $all -}}
{{- end }}

{{/* GROUP=TOPIC of each consumer group that must read Kafka here, with commas between; the dispatcher's the program knows itself. */}}
{{- define "errand.readers" -}}
{{- $all := list -}}
{{- range $function := (include "errand.house" . | fromJson).functions -}}
{{- range $topic, $_ := .subscribes -}}
{{- $group := printf "%serrand.%s.%s" $.Values.kafka.prefix $function.name $topic -}}
{{- if eq $.Values.eventing "kafka-broker" -}}
{{- /* As Knative names them unless config-kafka-features has another triggers.consumergroup.template. */ -}}
{{- $group = printf "knative-trigger-%s-%s-%s-%s" $.Release.Namespace (include "errand.name" $) $function.name $topic -}}
{{- end -}}
{{- $all = append $all (printf "%s=%s%s" $group $.Values.kafka.prefix $topic) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.eventing "kafka-broker") (ne .Values.broker.class "Kafka") }}none{{ else }}{{ join "," $all }}{{ end -}}
{{- end }}

{{/* What `errand doctor` is told, wherever it runs. */}}
{{- define "errand.env.doctor" -}}
- { name: ERRAND_DOCTOR_TO, value: {{ include "errand.addresses" (list . "either") | quote }} }
- { name: ERRAND_DOCTOR_SUBSCRIPTIONS, value: {{ include "errand.subscriptions" . | quote }} }
{{- if ne .Values.eventing "dispatcher" }}
- { name: ERRAND_DOCTOR_READERS, value: {{ include "errand.readers" . | quote }} }
{{- end }}
{{- end }}

{{/* A variable out of the Secret, or the name of where Dapr keeps it: (list $ "ERRAND_KEY" "key"). */}}
{{- define "errand.secret" -}}
{{- $ := index . 0 -}}
{{- $key := index $.Values.secrets.keys (index . 2) -}}
{{- if eq $.Values.secrets.from "dapr" -}}
- { name: {{ index . 1 }}, value: {{ printf "dapr-secret:%s/%s/%s" $.Values.secrets.dapr.store $.Values.secrets.dapr.secret $key | quote }} }
{{- else -}}
- name: {{ index . 1 }}
  valueFrom: { secretKeyRef: { name: {{ $.Values.secrets.name }}, key: {{ $key | quote }} } }
{{- end -}}
{{- end }}

{{/* What a function is told; more than it needs is told to none. (list $ "recur") */}}
{{- define "errand.env" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
{{- $v := $.Values -}}
- { name: ERRAND_LOG, value: {{ $v.log | quote }} }
- { name: ERRAND_DATA, value: /data }
{{- with $v.publicUrl }}
- { name: ERRAND_PUBLIC_URL, value: {{ . | quote }} }
{{- end }}
{{- if has $name (list "migrate" "topics" "doctor" "clock" "dispatcher") }}
{{- include "errand.env.kafka" $ | nindent 0 }}
{{- end }}
{{- if not (has $name (list "front" "dispatcher" "topics")) }}
- { name: ERRAND_RATE, value: {{ $v.rate | quote }} }
{{- with $v.zone }}
- { name: ERRAND_ZONE, value: {{ . | quote }} }
{{- end }}
{{ include "errand.secret" (list $ "ERRAND_KEY" "key") }}
{{- $owner := and (eq $name "migrate") $v.secrets.keys.ownerDatabaseUrl }}
{{ include "errand.secret" (list $ "ERRAND_DATABASE_URL" (ternary "ownerDatabaseUrl" "databaseUrl" (not (empty $owner)))) }}
{{- end }}
{{- if and $v.mail.enabled (has $name (list "clock" "remind" "doctor")) }}
{{ include "errand.secret" (list $ "ERRAND_MAIL_URL" "mailUrl") }}
- { name: ERRAND_MAIL_FROM, value: {{ $v.mail.from | quote }} }
{{- with $v.mail.to }}
- { name: ERRAND_MAIL_TO, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- if and $v.model.url (eq $name "chat") }}
- { name: ERRAND_MODEL_URL, value: {{ $v.model.url | quote }} }
- { name: ERRAND_MODEL_NAME, value: {{ $v.model.name | quote }} }
{{- if $v.model.key }}
{{ include "errand.secret" (list $ "ERRAND_MODEL_KEY" "modelKey") }}
{{- end }}
{{- end }}
{{- end }}

{{- define "errand.env.kafka" -}}
{{- with .Values.kafka }}
- { name: ERRAND_KAFKA_BROKERS, value: {{ join "," .brokers | quote }} }
{{- with .prefix }}
- { name: ERRAND_KAFKA_PREFIX, value: {{ . | quote }} }
{{- end }}
- { name: ERRAND_KAFKA_PARTITIONS, value: {{ .partitions | quote }} }
- { name: ERRAND_KAFKA_REPLICATION, value: {{ .replication | quote }} }
- { name: ERRAND_KAFKA_RETENTION_HOURS, value: {{ .retentionHours | quote }} }
{{- if .security }}
{{ include "errand.secret" (list $ "ERRAND_KAFKA_SECURITY" "kafkaSecurity") }}
{{- end }}
{{- end }}
{{- end }}

{{/* Nobody in particular, who may write nothing but /data. */}}
{{- define "errand.security" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* What all pods have in common. */}}
{{- define "errand.pod" -}}
{{- with .Values.serviceAccount.name }}
serviceAccountName: {{ . }}
{{- end }}
automountServiceAccountToken: {{ .Values.serviceAccount.token }}
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A container of the image, without probes and ports: (list $ "recur" (list "serve" "recur") $resources) */}}
{{- define "errand.container" -}}
{{- $ := index . 0 -}}
name: errand
image: {{ include "errand.image" $ }}
imagePullPolicy: {{ $.Values.image.pullPolicy }}
args: {{ index . 2 | toJson }}
{{ include "errand.security" $ }}
resources: {{ index . 3 | toJson }}
volumeMounts:
  - { name: data, mountPath: /data }
  {{- if include "errand.kafka.ca" (list $ (index . 1)) }}
  - { name: kafka-ca, mountPath: /kafka-ca, readOnly: true }
  {{- end }}
{{- end }}

{{/* The Secret with the authority of the brokers' certificates, for who speaks to them: (list $ "clock"). */}}
{{- define "errand.kafka.ca" -}}
{{- if has (index . 1) (list "migrate" "topics" "doctor" "clock" "dispatcher") -}}
{{- (index . 0).Values.kafka.caSecret -}}
{{- end -}}
{{- end }}

{{- define "errand.kafka.volume" -}}
{{- with include "errand.kafka.ca" . }}
- { name: kafka-ca, secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] } }
{{- end }}
{{- end }}

{{/* Probes where no proxy of Knative's stands before the process. */}}
{{- define "errand.probes" -}}
ports: [{ name: http, containerPort: 8080 }]
startupProbe: { httpGet: { path: /live, port: http }, periodSeconds: 1, failureThreshold: 120 }
readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 5, timeoutSeconds: 3 }
livenessProbe: { httpGet: { path: /live, port: http }, periodSeconds: 10, timeoutSeconds: 3 }
{{- end }}

{{/* Where the process is a plain Deployment: it listens as behind Knative's proxy, and NetworkPolicies say who comes. */}}
{{- define "errand.env.listen" -}}
- { name: PORT, value: "8080" }
- { name: K_SERVICE, value: {{ . }} }
{{- end }}

{{/* daprd beside a function. */}}
{{- define "errand.dapr.annotations" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ $name }} # as the scopes of the components name it
{{- with $.Values.dapr.configuration }}
dapr.io/config: {{ . }}
{{- end }}
{{- if eq $name "clock" }}
dapr.io/app-port: "8080"
{{- if $.Values.dapr.cron }}
dapr.io/app-token-secret: {{ $.Values.secrets.name }}
{{- end }}
{{- end }}
dapr.io/metrics-port: "9095" # 9090 and 9091 are the queue proxy's
dapr.io/sidecar-readiness-probe-delay-seconds: "0"
dapr.io/block-shutdown-duration: 4s
{{- end }}

{{- define "errand.dapr.container" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
name: daprd
image: {{ $.Values.dapr.image }}
command: [/daprd]
args:
  - --app-id={{ $name }}
  {{- if eq $name "clock" }}
  - --app-port=8080
  - --app-channel-address=127.0.0.1
  {{- end }}
  - --resources-path=/components
  - --dapr-http-port=3500
  - --dapr-grpc-port=50001
  - --dapr-internal-grpc-port=50002
  - --dapr-listen-addresses=127.0.0.1
  - --dapr-internal-grpc-listen-address=127.0.0.1
  - --metrics-port=9095
  - --metrics-listen-address=127.0.0.1
  - --dapr-block-shutdown-duration=4s
{{ include "errand.security" $ }}
{{- if and (eq $name "clock") $.Values.dapr.cron }}
env:
  {{- include "errand.dapr.token" $ | nindent 2 }}
{{- end }}
resources: {{ $.Values.dapr.resources | toJson }}
volumeMounts: [{ name: components, mountPath: /components, readOnly: true }]
{{- end }}

{{- define "errand.dapr.env" -}}
- { name: DAPR_HTTP_PORT, value: "3500" }
- { name: DAPR_GRPC_PORT, value: "50001" }
{{- end }}

{{/* What goes through the sidecar of the clock, wherever it comes from. */}}
{{- define "errand.dapr.clock" -}}
{{- with .Values.dapr.pubsub }}
- { name: ERRAND_PUBSUB, value: {{ printf "dapr:%s" . | quote }} }
{{- end }}
{{- with .Values.dapr.cron }}
- { name: ERRAND_DAPR_CRON, value: {{ . | quote }} }
{{ include "errand.dapr.token" $ }}
{{- end }}
{{- end }}

{{/* By this the clock knows its sidecar. */}}
{{- define "errand.dapr.token" -}}
- name: APP_API_TOKEN
  valueFrom: { secretKeyRef: { name: {{ .Values.secrets.name }}, key: {{ .Values.secrets.keys.appApiToken | quote }} } }
{{- end }}

{{/* Beside what ends: a sidecar of Kubernetes' own kind, which ends with it. (list $ "migrate") */}}
{{- define "errand.dapr.beside" -}}
{{- if eq (index . 0).Values.secrets.from "dapr" -}}
- {{- include "errand.dapr.container" . | nindent 2 }}
  restartPolicy: Always
{{- end -}}
{{- end }}

{{- define "errand.dapr.volume" -}}
- { name: components, configMap: { name: {{ include "errand.name" . }}-dapr } }
{{- end }}

{{/* none, injector or container: (list $ "recur"). Whoever has its secrets from Dapr has a sidecar. */}}
{{- define "errand.sidecar" -}}
{{- $ := index . 0 -}}
{{- $own := include "errand.function" . | fromJson -}}
{{- if or $own.dapr (eq $.Values.secrets.from "dapr") }}{{ $.Values.dapr.mode }}{{ else }}none{{ end -}}
{{- end }}

{{/* What the cluster must have for these values, and what brings it. */}}
{{- define "errand.cluster" -}}
{{- $v := .Values -}}
{{- $needs := list (list "serving.knative.dev/v1" "Knative Serving 1.22 or newer") -}}
{{- if ne $v.eventing "dispatcher" -}}
{{- $needs = append $needs (list "eventing.knative.dev/v1" "Knative Eventing 1.22 or newer; or set eventing: dispatcher, which needs none of it") -}}
{{- if or (ne $v.eventing "kafka-broker") (eq $v.broker.class "Kafka") -}}
{{- $needs = append $needs (list "eventing.knative.dev/v1alpha1/KafkaSink" "the Kafka broker and sink for Knative Eventing; or set eventing: dispatcher") -}}
{{- end -}}
{{- if eq $v.eventing "kafka-source" }}{{ $needs = append $needs (list "sources.knative.dev/v1/KafkaSource" "the Kafka source for Knative Eventing") }}{{ end -}}
{{- end -}}
{{- if eq $v.domain.tls "cert-manager" }}{{ $needs = append $needs (list "cert-manager.io/v1" "cert-manager") }}{{ end -}}
{{- if eq $v.secrets.from "external-secrets" }}{{ $needs = append $needs (list "external-secrets.io/v1" "the External Secrets operator") }}{{ end -}}
{{- if $v.monitoring.enabled }}{{ $needs = append $needs (list "monitoring.coreos.com/v1" "the Prometheus operator") }}{{ end -}}
{{- range $needs -}}
{{- if not ($.Capabilities.APIVersions.Has (index . 0)) }}{{ fail (printf "this cluster has no %s: install %s (helm template: --api-versions %s)" (index . 0) (index . 1) (index . 0)) }}{{ end -}}
{{- end -}}
{{- $serving := lookup "apps/v1" "Deployment" $v.network.servingNamespace "controller" -}}
{{- $version := dig "metadata" "labels" "app.kubernetes.io/version" "" ($serving | default dict) | trimPrefix "v" -}}
{{- if and (regexMatch "^[0-9]+\\.[0-9]+\\.[0-9]+$" $version) (semverCompare "<1.22.0" $version) }}{{ fail (printf "Knative Serving is %s here, and 1.22 is the oldest that this chart was tried with: upgrade it" $version) }}{{ end -}}
{{- end }}

{{/* What the schema cannot say. */}}
{{- define "errand.check" -}}
{{- include "errand.cluster" . -}}
{{- $names := list -}}
{{- range (include "errand.house" . | fromJson).functions }}{{ $names = append $names .name }}{{ end -}}
{{- range $name, $_ := .Values.functions -}}
{{- if not (has $name $names) }}{{ fail (printf "functions.%s: there is no such function; there are: %s" $name (join ", " $names)) }}{{ end -}}
{{- end -}}
{{- $v := .Values -}}
{{- if not $v.kafka.brokers }}{{ fail "kafka.brokers: is empty; where is Kafka? Allowed: [host:port, ...]" }}{{ end -}}
{{- if and $v.domain.host (not $v.publicUrl) }}{{ fail "publicUrl: is missing, while domain.host is given; allowed: http://HOST or https://HOST, without a path" }}{{ end -}}
{{- if and (eq $v.domain.tls "cert-manager") (not $v.domain.issuer.name) }}{{ fail "domain.issuer.name: is missing; domain.tls cert-manager needs an issuer" }}{{ end -}}
{{- if and (ne $v.domain.tls "none") (not $v.domain.host) }}{{ fail "domain.host: is missing, while domain.tls asks for a certificate" }}{{ end -}}
{{- if and (eq $v.secrets.from "external-secrets") (not $v.secrets.external.store.name) }}{{ fail "secrets.external.store.name: is missing; secrets.from external-secrets needs a store" }}{{ end -}}
{{- if and (eq $v.secrets.from "dapr") (ne $v.dapr.mode "container") }}{{ fail "dapr.mode: secrets.from dapr needs a sidecar in every pod, also of Jobs; allowed: container" }}{{ end -}}
{{- if and (eq $v.secrets.from "dapr") (not $v.secrets.dapr.store) }}{{ fail "secrets.dapr.store: is missing; secrets.from dapr needs a store" }}{{ end -}}
{{- if and (or $v.dapr.cron $v.dapr.pubsub) (or (eq $v.dapr.mode "none") (not $v.functions.clock.dapr)) (ne $v.secrets.from "dapr") }}{{ fail "functions.clock.dapr: dapr.cron and dapr.pubsub go through a sidecar; allowed: true, with dapr.mode injector or container" }}{{ end -}}
{{- if and $v.dapr.cron (eq $v.dapr.mode "injector") (ne $v.secrets.keys.appApiToken "token") }}{{ fail "secrets.keys.appApiToken: Dapr's injector knows one name; allowed: token" }}{{ end -}}
{{- if and $v.model.url (not $v.model.name) }}{{ fail "model.name: is missing, while model.url is given" }}{{ end -}}
{{- if and (eq $v.eventing "kafka-source") (ne $v.broker.class "Kafka") }}{{ fail "broker.class: says nothing with eventing kafka-source; allowed: Kafka" }}{{ end -}}
{{- range $name, $_ := $v.functions }}
{{- $own := include "errand.function" (list $ $name) | fromJson -}}
{{- if gt (int $own.minScale) (int $own.maxScale) }}{{ fail (printf "functions.%s.minScale: %d is more than maxScale, %d" $name (int $own.minScale) (int $own.maxScale)) }}{{ end -}}
{{- end -}}
{{- end }}
