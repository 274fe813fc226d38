"""TensorBoard's event writer and its event loader."""

import os
import tempfile
import time


def tensorboard_works():
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    folder = tempfile.mkdtemp()

    def write():
        writer = EventFileWriter(folder)
        place = [0]

        def step():
            place[0] += 1
            value = Summary.Value(tag="loss", simple_value=1.0 / place[0])
            writer.add_event(Event(wall_time=time.time(), step=place[0], summary=Summary(value=[value])))
            if place[0] % 10000 == 0:
                writer.flush()

        return step

    def load():
        def step():
            accumulator = EventAccumulator(folder, size_guidance={"scalars": 0})
            accumulator.Reload()
            accumulator.Scalars("loss")

        return step

    def size():
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))

    return {"write": write, "load": load, "bytes": size}
