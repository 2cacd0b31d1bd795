// Makes the replica set rs0 of MEMBERS and the user aoc, who may do what AOC needs in its
// own database and nothing else. Run by mongosh; it can be run again, and again: the
// members of a set that exists are left as they are, and the user gets the password and
// the database that are set now.

const {MEMBERS, MONGO_ROOT_PASSWORD, MONGO_PASSWORD, AOC_MONGO_DATABASE} = process.env;
const members = MEMBERS.split(",");

// What the server says while there is no replica set yet.
const NOT_YET_INITIALIZED = 94;
// How long the other members may take to answer, and a primary to be elected, in seconds.
const PATIENCE = 120;

const admin = signIn(members[0]);

function signIn(host) {
  return connect(`mongodb://root:${encodeURIComponent(MONGO_ROOT_PASSWORD)}@${host}/admin?directConnection=true`);
}

// ask returns the answer to a command, also where it is an error.
function ask(db, command) {
  try {
    // mongosh waits for the answer where it is assigned, and would not here if it were
    // returned: the error would pass by the catch.
    const answer = db.runCommand(command);
    return answer;
  } catch (e) {
    return {ok: 0, code: e.code, errmsg: e.message};
  }
}

function must(answer, what) {
  if (answer.ok !== 1) throw new Error(`${what}: ${answer.errmsg} (${answer.code})`);
  return answer;
}

// until repeats a command, once a second, and returns the first answer that will do.
function until(command, fits, what) {
  let answer;
  for (let i = 0; i < PATIENCE; i++) {
    answer = ask(admin, command);
    if (fits(answer)) return answer;
    sleep(1000);
  }
  throw new Error(`${what} takes more than ${PATIENCE} s: ${answer.errmsg || "still waiting"}`);
}

function makeReplicaSet() {
  const status = ask(admin, {replSetGetStatus: 1});
  if (status.code !== NOT_YET_INITIALIZED) {
    must(status, "replica set");
    return;
  }
  const config = {_id: "rs0", members: members.map((host, i) => ({_id: i, host}))};
  // A member that has just been started may not answer the others yet.
  until({replSetInitiate: config}, (answer) => answer.ok === 1, "making the replica set");
  print(`made the replica set rs0 of ${MEMBERS}`);
}

// primary is a connection to the member that takes writes.
function primary() {
  const hello = until({hello: 1}, (answer) => answer.primary, "electing a primary");
  return hello.primary === members[0] ? admin : signIn(hello.primary);
}

function makeUser(db) {
  const name = AOC_MONGO_DATABASE || "micro_soc";
  const known = must(ask(db, {usersInfo: "aoc"}), "users").users.length > 0;
  must(ask(db, {
    [known ? "updateUser" : "createUser"]: "aoc",
    pwd: MONGO_PASSWORD,
    // dbAdmin changes the expiry of an index.
    roles: [{role: "readWrite", db: name}, {role: "dbAdmin", db: name}],
    writeConcern: {w: "majority", wtimeout: PATIENCE * 1000},
  }), "user aoc");
  print(`the user aoc may use the database ${name}`);
}

makeReplicaSet();
makeUser(primary());
