#!/bin/sh
# One Kafka broker for tests: broker.sh FOLDER PORT LIB. It is this process until it is killed; started again on the same folder
# it goes on with what it has. It listens on PORT of this machine, PORT+1 is its controller, PORT+2 asks for a password, and
# PORT+3 for a password or a token over TLS, with a certificate by FOLDER/ca.pem (where there is openssl to make it).
# Nothing is safe from a power cut, and nothing that was acknowledged is lost by kill -9.
set -eu
folder=$1
port=$2
lib=$3
config=$folder/server.properties

# An authority, the broker's key, and its certificate by that authority; in one file, as Kafka takes them.
certify() {
    set -- -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >"$folder/broker.ext"
    openssl req -x509 "$@" -days 30 -subj /CN=tests -keyout "$folder/ca.key" -out "$folder/ca.pem" &&
        openssl req "$@" -subj /CN=localhost -keyout "$folder/broker.key" -out "$folder/broker.csr" &&
        openssl x509 -req -days 30 -in "$folder/broker.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial \
            -extfile "$folder/broker.ext" -out "$folder/broker.crt" &&
        cat "$folder/broker.key" "$folder/broker.crt" "$folder/ca.pem" >"$folder/broker.pem"
}

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
    if command -v openssl >/dev/null && certify 2>/dev/null; then
        own="SECURE://127.0.0.1:$((port + 3))"
        sed -i "s|^listeners=.*|&,$own|; s|^advertised.listeners=.*|&,$own|; s|^listener.security.protocol.map=.*|&,SECURE:SASL_SSL|" "$config"
        jaas=org.apache.kafka.common.security
        cat >>"$config" <<EOF
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.secure.plain.sasl.jaas.config=$jaas.plain.PlainLoginModule required user_errand="a word";
listener.name.secure.scram-sha-256.sasl.jaas.config=$jaas.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=$jaas.scram.ScramLoginModule required;
listener.name.secure.oauthbearer.sasl.jaas.config=$jaas.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="errand";
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location=$folder/broker.pem
EOF
    fi
    java -Djava.io.tmpdir="$folder" -Xmx128m -XX:TieredStopAtLevel=1 -cp "$lib/*" kafka.tools.StorageTool format -t ZXJyYW5kLXRlc3RzLWthZg -c "$config" \
        --add-scram 'SCRAM-SHA-256=[name=errand,password=a word]' --add-scram 'SCRAM-SHA-512=[name=errand,password=a word]' >/dev/null
fi
exec java -Djava.io.tmpdir="$folder" -Xms128m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$lib/*" kafka.Kafka "$config"
