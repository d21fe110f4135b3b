#!/bin/sh
# One Kafka broker for tests: broker.sh FOLDER PORT LIB. It is this process until it is killed; started again on the same folder
# it goes on with what it has. It listens on PORT of this machine, PORT+1 is its controller, PORT+2 asks for a password.
# Nothing is safe from a power cut, and nothing that was acknowledged is lost by kill -9.
set -eu
folder=$1
port=$2
lib=$3
config=$folder/server.properties

if [ ! -f "$folder/data/meta.properties" ]; then
    mkdir -p "$folder/data"
    cat >"$config" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),ASKING://127.0.0.1:$((port + 2))
advertised.listeners=PLAINTEXT://127.0.0.1:$port,ASKING://127.0.0.1:$((port + 2))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,ASKING:SASL_PLAINTEXT
listener.name.asking.sasl.enabled.mechanisms=PLAIN
listener.name.asking.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_errand="a word";
controller.listener.names=CONTROLLER
log.dirs=$folder/data
num.partitions=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=16777216
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
EOF
    java -Djava.io.tmpdir="$folder" -Xmx128m -XX:TieredStopAtLevel=1 -cp "$lib/*" kafka.tools.StorageTool format -t ZXJyYW5kLXRlc3RzLWthZg -c "$config" >/dev/null
fi
exec java -Djava.io.tmpdir="$folder" -Xms128m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$lib/*" kafka.Kafka "$config"
