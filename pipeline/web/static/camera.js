// A document camera or the machine's own: photographs papers, or looks for a code until one is found.

import { byId } from "/static/page.js";

const LOOK_MS = 350;
const CODE_WIDTH_PX = 1280;
const JPEG = 0.92;
const dialog = byId("camera");
const video = byId("viewfinder");
const hint = byId("camera-hint");
let stream = null;
let shots = 0;

/** Photograph papers until it is closed; each photo is told as a file. */
export async function photograph(name, taken) {
  shots = 0;
  byId("shutter").hidden = false;
  byId("shutter").disabled = true;
  byId("shutter").onclick = async () => {
    const blob = await frame(video.videoWidth);
    shots += 1;
    hint.textContent = hint.dataset.count.replace("{}", shots);
    taken(new File([blob], `${name} ${shots}.jpg`, { type: "image/jpeg", lastModified: Date.now() }));
  };
  await open("photo");
  if (stream === null) return;
  byId("shutter").disabled = false;
  byId("shutter").focus();
}

/** Look for a code until one is found that makes sense; its text is told. */
export async function seekCode(found) {
  byId("shutter").hidden = true;
  await open("code");
  while (stream !== null) {
    const text = await codeInSight();
    if (text !== null && stream !== null) {
      dialog.close();
      found(text);
    }
    await new Promise((later) => setTimeout(later, LOOK_MS));
  }
}

async function open(what) {
  byId("camera-title").textContent = byId("camera-title").dataset[what];
  hint.textContent = hint.dataset[what];
  dialog.showModal();
  try {
    const wanted = { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 3072 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch {
    hint.textContent = hint.dataset.none; // refused, unplugged, or a page that came without encryption
    return;
  }
  if (!dialog.open) {
    stop();
    return;
  }
  video.srcObject = stream;
  await video.play().catch(() => {}); // closed before it began
}

async function codeInSight() {
  if (!video.videoWidth) return null;
  const body = await frame(Math.min(CODE_WIDTH_PX, video.videoWidth));
  try {
    const headers = { "content-type": "image/jpeg", "hoso-background": "1" };
    const answer = await fetch("/api/v1/codes", { method: "POST", headers, body });
    if (answer.status === 401) location.assign("/sign-in");
    return answer.ok ? ((await answer.json()).codes[0]?.text ?? null) : null;
  } catch {
    return null; // the network is away; the next look will tell
  }
}

function frame(width) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = Math.round((video.videoHeight * width) / video.videoWidth);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG));
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
}

byId("close-camera").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", stop);
