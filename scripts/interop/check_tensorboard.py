"""Reads a run's TensorBoard event files as TensorBoard does, and compares them with its metrics.jsonl and its sample pictures.

python3 scripts/interop/check_tensorboard.py RUN...      (a folder such as runs/first; needs the package tensorboard)

Lists what each run shows. Exits 1 when a step of metrics.jsonl is missing, has other losses or is there twice (as after a resume that does
not hide what it computes again), when a sample picture is not the file's, or when there are no settings.
"""

import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

EVERYTHING = {'tensors': 0}


def losses_of(lines):
    """Step and value of each loss, as 32-bit floats."""
    series = {}
    for line in lines:
        for name, value in line['losses'].items():
            series.setdefault(f'loss/{name}', []).append((line['step'], struct.unpack('f', struct.pack('f', value))[0]))
    return series


def file_of(tag, step, samples):
    """The file of a picture, such as that of 'fixed/A-1 fake'."""
    if tag == 'samples/last':
        return samples / f'step-{step:06}.png'
    folder, kind = tag.split(' ')
    return samples / folder / ('real.png' if kind == 'real' else f'step-{step:06}-{kind}.png')


def problems_of(run):
    events = EventAccumulator(str(run / 'tensorboard'), EVERYTHING)
    events.Reload()
    # here, as in its server, every value has become a tensor
    tags = {tag: events.Tensors(tag) for tag in events.Tags()['tensors']}
    lines = [json.loads(line) for line in (run / 'metrics.jsonl').read_text().splitlines()]
    for name, values in losses_of(lines).items():
        shown = [(event.step, event.tensor_proto.float_val[0]) for event in tags.get(name, [])]
        if shown != values:
            yield f'{name}: {len(shown)} values of steps {[step for step, _ in shown][-3:]}, expected {len(values)}'
    rates = [(event.step, event.tensor_proto.float_val[0]) for event in tags.get('training/learningRate', [])]
    if [step for step, _ in rates] != [line['step'] for line in lines]:
        yield f'training/learningRate: {len(rates)} values'
    pictures = {tag: events for tag, events in tags.items() if tag == 'samples/last' or tag.startswith('fixed/')}
    for tag, shown in pictures.items():
        for event in shown:
            width, height, png, *_ = event.tensor_proto.string_val
            file = file_of(tag, event.step, run / 'samples').read_bytes()
            if png != file or (int(width), int(height)) != struct.unpack('>II', file[16:24]):
                yield f'{tag}: step {event.step} is not the picture of the file'
    texts = [event.tensor_proto.string_val[0].decode() for event in tags.get('settings', [])]
    if not texts or 'ngf:' not in texts[-1]:
        yield 'settings: none'
    print(f'{run}: {len(lines)} steps, tags {", ".join(sorted(tags))}')
    print(f'  pictures of steps {[event.step for event in pictures.get("samples/last", [])]}, settings of steps {[event.step for event in tags.get("settings", [])]}')


def describe_files(run):
    for path in sorted((run / 'tensorboard').iterdir()):
        events = list(EventFileLoader(str(path)).Load())
        starts = [event.step for event in events if event.HasField('session_log')]
        print(f'  {path.name}: {len(events)} events of steps {events[0].step} to {events[-1].step}, goes on from step {starts}')


failed = False
for run in map(pathlib.Path, sys.argv[1:]):
    found = list(problems_of(run))
    describe_files(run)
    for problem in found:
        print(f'  WRONG {problem}')
    failed |= bool(found)
sys.exit(failed)
